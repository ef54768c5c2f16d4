package dev.gatun.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Layers with narrow weights, against the same layers with their weights widened. */
@ExtendWith(TestScope.class)
class NarrowLinearTest {
  @Test
  void bfloat16WeightsAreThoseOfTheWidenedLayer() {
    Tensor x = waves(3, 100);
    Tensor weight = waves(37, 100).to(DType.BFLOAT16);
    Tensor bias = waves(37);
    Tensor wide = weight.to(DType.FLOAT32);
    assertClose(x.linear(wide, bias), x.linear(weight, bias), 1e-5);
    assertClose(x.linear(wide, null), x.linear(weight, null), 1e-5);
    Tensor row = x.select(0, 1);
    assertEquals(Shape.of(37), row.linear(weight, bias).shape());
    assertClose(row.linear(wide, bias), row.linear(weight, bias), 1e-5);
  }

  @Test
  void quantizedWeightsAreCloseToWhatTheyWere() {
    Tensor x = waves(2, 3, 100);
    Tensor weight = waves(37, 100);
    Tensor bias = waves(37);
    Tensor scales = weight.abs().amax(new int[] {1}, false).div(127);
    Tensor bytes = weight.div(scales.unsqueeze(1)).round().to(DType.INT8);
    Tensor restored = bytes.to(DType.FLOAT32).mul(scales.unsqueeze(1));
    assertClose(x.linear(restored, bias), x.quantizedLinear(bytes, scales, bias), 1e-4);
    assertClose(x.linear(restored, null), x.quantizedLinear(bytes, scales, null), 1e-4);
    // Each product is off by half a step of its weight at most.
    assertClose(x.linear(weight, bias), x.quantizedLinear(bytes, scales, bias), 100.0 / 254);
  }

  @Test
  void otherWeightsAreRefused() {
    Tensor x = waves(2, 4);
    assertThrows(DTypeException.class, () -> x.quantizedLinear(waves(3, 4), waves(3), null));
    Tensor narrow = waves(3, 4).to(DType.BFLOAT16);
    assertThrows(DTypeException.class, () -> x.linear(narrow, waves(3).to(DType.FLOAT64)));
  }

  private static Tensor waves(long... sizes) {
    Shape shape = Shape.of(sizes);
    return Gatun.arange(shape.numel()).to(DType.FLOAT32).mul(0.7).sin().reshape(sizes);
  }

  private static void assertClose(Tensor expected, Tensor actual, double tolerance) {
    assertEquals(expected.shape(), actual.shape());
    double difference = expected.sub(actual).abs().max().item();
    assertTrue(difference <= tolerance, () -> "differs by " + difference);
  }
}
