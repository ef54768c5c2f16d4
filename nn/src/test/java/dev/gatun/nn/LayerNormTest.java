package dev.gatun.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TestScope.class)
class LayerNormTest {
  @Test
  void rowsAreNormalisedThenScaledAndShifted() {
    try (LayerNorm norm = new LayerNorm(4)) {
      assertEquals(List.of("weight", "bias"), List.copyOf(norm.namedParameters().keySet()));
      norm.loadState(
          Map.of("weight", Gatun.tensor(1.0, 2, 3, 4), "bias", Gatun.tensor(0.5, 0, 0, -1)));
      Tensor y = norm.forward(Gatun.tensor(new double[][] {{1, 2, 3, 4}, {0, 0, 0, 0}}));
      double rstd = 1 / Math.sqrt(1.25 + 1e-5);
      assertArrayEquals(
          new double[] {
            0.5 - 1.5 * rstd, -0.5 * 2 * rstd, 0.5 * 3 * rstd, 1.5 * 4 * rstd - 1, 0.5, 0, 0, -1
          },
          y.toDoubleArray(),
          1e-6);
      y.sum().backward();
      Tensor gradient = norm.bias().orElseThrow().tensor().grad();
      assertNotNull(gradient);
      assertArrayEquals(new double[] {2, 2, 2, 2}, gradient.toDoubleArray());
    }
  }

  @Test
  void severalAxesAreOneRow() {
    try (LayerNorm norm = new LayerNorm(Shape.of(2, 3), 0, false, false)) {
      assertTrue(norm.namedParameters().isEmpty());
      Tensor y = norm.forward(Gatun.arange(12).reshape(2, 2, 3).to(DType.FLOAT64));
      assertEquals(0, y.get(1, 0, 0) - y.get(0, 0, 0), 1e-12);
      assertEquals(-2.5 / Math.sqrt(35.0 / 12), y.get(0, 0, 0), 1e-12);
      assertThrows(ShapeException.class, () -> norm.forward(Gatun.zeros(3, 2)));
    }
  }

  @Test
  void theRootMeanSquareDividesWithoutSubtracting() {
    try (RMSNorm norm = new RMSNorm(2)) {
      double[] y = norm.forward(Gatun.tensor(3.0, 4)).toDoubleArray();
      assertArrayEquals(new double[] {3 / Math.sqrt(12.5), 4 / Math.sqrt(12.5)}, y, 1e-6);
      assertEquals("RMSNorm((2), eps=1.1920928955078125e-7, elementwise_affine=True)", "" + norm);
    }
  }

  @Test
  void settingsAreChecked() {
    assertThrows(ArgumentException.class, () -> new LayerNorm());
    assertThrows(ArgumentException.class, () -> new RMSNorm());
    try (LayerNorm norm = new LayerNorm(Shape.of(5), 1e-6, true, false)) {
      assertEquals("LayerNorm((5), eps=1.0e-6, elementwise_affine=True)", norm.toString());
      assertTrue(norm.bias().isEmpty());
    }
  }
}
