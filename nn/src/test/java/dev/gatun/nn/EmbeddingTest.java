package dev.gatun.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.IndexRangeException;
import dev.gatun.memory.Shape;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TestScope.class)
class EmbeddingTest {
  @Test
  void rowsAreLookedUpAndTheirGradientsAdded() {
    try (Embedding table = new Embedding(3, 2)) {
      table.loadState(Map.of("weight", Gatun.tensor(new double[][] {{1, 2}, {3, 4}, {5, 6}})));
      Tensor index = Gatun.tensor(new double[][] {{2, 0}, {2, 1}}).to(DType.INT32);
      Tensor rows = table.forward(index);
      assertEquals(Shape.of(2, 2, 2), rows.shape());
      assertArrayEquals(new double[] {5, 6, 1, 2, 5, 6, 3, 4}, rows.toDoubleArray());
      rows.mul(Gatun.arange(8).reshape(2, 2, 2)).sum().backward();
      Tensor gradient = table.weight().tensor().grad();
      assertNotNull(gradient);
      assertArrayEquals(new double[] {2, 3, 6, 7, 0 + 4, 1 + 5}, gradient.toDoubleArray());
    }
  }

  @Test
  void thePaddingIsZeroAndGetsNoGradient() {
    try (Embedding table = new Embedding(4, 3, -1)) {
      Tensor weight = table.weight().tensor();
      assertEquals(0, weight.get(3, 0));
      assertEquals(0, weight.get(3, 2));
      table.forward(Gatun.tensor(3L, 1, 3)).sum().backward();
      Tensor gradient = weight.grad();
      assertNotNull(gradient);
      assertArrayEquals(
          new double[] {0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0}, gradient.toDoubleArray());
      weight.zeroGrad();
      Tensor twice =
          Gatun.grad(table.forward(Gatun.tensor(3L, 1)).square().sum(), null, true, true, weight)[
              0];
      assertNotNull(twice);
      assertEquals(0, twice.get(3, 1));
      assertEquals(2 * weight.get(1, 1), twice.get(1, 1));
      assertEquals("Embedding(4, 3, padding_idx=3)", table.toString());
    }
  }

  @Test
  void manyGradientsMeetInOrderOfTheirPositions() {
    try (Embedding table = new Embedding(7, 300)) {
      long[] entries = new long[900];
      for (int i = 0; i < entries.length; i++) {
        entries[i] = i * 31 % 7;
      }
      Tensor weights = Gatun.randn(900, 300);
      table.forward(Gatun.tensor(entries)).mul(weights).sum().backward();
      double[] expected = new double[7 * 300];
      double[] factors = weights.toDoubleArray();
      for (int i = 0; i < entries.length; i++) {
        for (int k = 0; k < 300; k++) {
          expected[(int) entries[i] * 300 + k] += factors[i * 300 + k];
        }
      }
      Tensor gradient = table.weight().tensor().grad();
      assertNotNull(gradient);
      assertArrayEquals(expected, gradient.toDoubleArray(), 1e-4);
    }
  }

  @Test
  void mistakesAreRefused() {
    assertThrows(ArgumentException.class, () -> new Embedding(-1, 2));
    assertThrows(ArgumentException.class, () -> new Embedding(3, 2, 3));
    try (Embedding table = new Embedding(3, 2)) {
      assertThrows(DTypeException.class, () -> table.forward(Gatun.tensor(1.5)));
      assertThrows(IndexRangeException.class, () -> table.forward(Gatun.tensor(3L)));
    }
  }

  @Test
  void thePaddingIsTheSameRowCountedFromTheEnd() {
    for (boolean createGraph : new boolean[] {false, true}) {
      try (Tensor table = Gatun.zeros(4, 2).requiresGrad_()) {
        table.embedding(Gatun.tensor(-1L, 0L), 3).sum().backward(null, false, createGraph);
        Tensor gradient = table.grad();
        assertNotNull(gradient);
        assertArrayEquals(new double[] {1, 1, 0, 0, 0, 0, 0, 0}, gradient.toDoubleArray());
      }
    }
  }
}
