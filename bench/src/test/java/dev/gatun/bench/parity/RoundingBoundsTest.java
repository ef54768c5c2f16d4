package dev.gatun.bench.parity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.PyTorchCall;
import dev.gatun.autograd.Tensor;
import dev.gatun.memory.DType;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoundingBoundsTest {
  private static final double EPSILON = 0x1p-52;

  private static RoundingBounds bounds(
      String operation, DType dtype, int length, PyTorchCall pytorch, Tensor... inputs) {
    var subject =
        Subject.all().stream()
            .filter(each -> each.name().equals(operation))
            .findFirst()
            .orElseThrow();
    var call =
        new ParityCase(
            List.of(inputs), List.of(0), Elements.ORDINARY, pytorch, in -> in[0], operation);
    return new RoundingBounds(subject, call, call.inputs(), dtype, length);
  }

  private static Tensor tensor(double... elements) {
    return Gatun.tensor(elements);
  }

  @Test
  void aSumIsOffByAUnitOfItsMagnitudesForEachTerm() {
    try (var _ = Scope.open()) {
      var pytorch = PyTorchCall.of("torch.dot(a, b)");
      var x = tensor(3, -4, 1);
      var y = tensor(1, 1, 1);
      RoundingBounds.Precise dot =
          change -> new double[] {change.apply(x).dot(change.apply(y)).item()};
      var precise = bounds("dot", DType.FLOAT64, 1, pytorch, x, y);
      assertArrayEquals(new double[] {3 * 8 * EPSILON}, precise.ofResult(dot));
      var single = bounds("dot", DType.FLOAT32, 1, pytorch, x, y);
      assertArrayEquals(new double[] {2 * 8 * 0x1p-23}, single.ofResult(dot));
      var half = bounds("dot", DType.FLOAT16, 1, pytorch, x, y);
      assertArrayEquals(new double[] {0}, half.ofResult(dot));
    }
  }

  @Test
  void aNormOfOneElementLeavesTheRoundingsOfItsTerms() {
    try (var _ = Scope.open()) {
      var pytorch = PyTorchCall.of("torch.rms_norm(a, p, None, q)", new long[] {1}, 0.0);
      var x = tensor(2).reshape(1, 1);
      var bound =
          bounds("rms_norm", DType.FLOAT64, 1, pytorch, x)
              .ofGradient(0, Gatun.ones(DType.FLOAT64, Shape.of(1, 1)), new double[1], _ -> null);
      // Of g, its mean and x times a mean of x, each 1, divided by 2: six roundings.
      assertEquals(3 / 2.0 * 6 * EPSILON, bound[0], 1e-9 * EPSILON);
    }
  }

  @Test
  void narrowAdditionsToAPlaceAreRoundedOneByOne() {
    try (var _ = Scope.open()) {
      var pytorch = PyTorchCall.of("torch.index_add(a, p, b, c)", 0L);
      var x = tensor(-1, 1).to(DType.FLOAT16);
      var index = Gatun.tensor(0L, 0L);
      var source = tensor(2, -3).to(DType.FLOAT16);
      RoundingBounds.Precise added =
          change ->
              change
                  .apply(x)
                  .indexAdd(0, change.apply(index), change.apply(source))
                  .toDoubleArray();
      var bounds = bounds("index_add", DType.FLOAT16, 2, pytorch, x, index, source);
      double unit = Tolerances.epsilon(DType.FLOAT16);
      assertArrayEquals(new double[] {3 * 6 * unit, unit}, bounds.ofResult(added));
    }
  }

  @Test
  void negativeFactorsDoNotMakeBoundsNegative() {
    try (var _ = Scope.open()) {
      var pytorch = PyTorchCall.of("torch.addmv(a, b, c, beta=p, alpha=q)", 0L, -1L);
      var y = tensor(1);
      var a = tensor(3, -4).reshape(1, 2);
      var x = tensor(1, 1);
      RoundingBounds.Precise product =
          change -> new double[] {-change.apply(a).matmul(change.apply(x)).item()};
      var bounds = bounds("addmv", DType.FLOAT64, 1, pytorch, y, a, x);
      assertArrayEquals(new double[] {2 * 7 * EPSILON}, bounds.ofResult(product));
    }
  }

  @Test
  void anAverageIsASumOfAPlaneAtTheMost() {
    try (var _ = Scope.open()) {
      var pytorch = PyTorchCall.of("torch.adaptive_avg_pool2d(a, p)", new long[] {1, 1});
      var x = tensor(3, -4, 1, 2, 0, 5).reshape(1, 1, 2, 3);
      var bounds = bounds("adaptive_avg_pool2d", DType.FLOAT64, 1, pytorch, x);
      RoundingBounds.Precise mean = change -> new double[] {change.apply(x).mean().item()};
      assertArrayEquals(new double[] {15 * EPSILON}, bounds.ofResult(mean), 1e-9 * EPSILON);
    }
  }

  @Test
  void whatIsScaledDownToANormKeepsTheRoundingsOfBothParts() {
    try (var _ = Scope.open()) {
      var pytorch = PyTorchCall.of("torch.renorm(a, p, q, r)", 2.0, 0L, 0.5);
      var x = tensor(3, 4).reshape(1, 2);
      var bound =
          bounds("renorm", DType.FLOAT64, 2, pytorch, x)
              .ofGradient(0, tensor(1, -1).reshape(1, 2), new double[2], _ -> null);
      // Of g and its product with x along the norm, 1 and 7 / 5, scaled by 0.5 / 5: five roundings.
      assertEquals(2.4 * 0.1 * 5 * EPSILON, bound[0], 1e-9 * EPSILON);
    }
  }

  @Test
  void centredRowsKeepTheRoundingsOfWhatTheyAreDifferencesOf() {
    try (var _ = Scope.open()) {
      var pytorch = PyTorchCall.of("torch.corrcoef(a)");
      var x = tensor(1, 3).reshape(1, 2);
      var bound =
          bounds("corrcoef", DType.BFLOAT16, 2, pytorch, x)
              .ofGradient(0, Gatun.scalar(1.0), new double[2], _ -> null);
      // Two slopes of 1, twice, over the length of -1 and 1; the elements are up to 3; 2 + 5 terms.
      double root = Math.sqrt(2);
      assertEquals(4 / root * (3 / root + 1) * 7 * 0x1p-23, bound[0], 1e-9);
    }
  }

  @Test
  void slopesOfEqualValuesAreRoundings() {
    try (var _ = Scope.open()) {
      var pytorch = PyTorchCall.of("torch.scaled_dot_product_attention(a, b, c, scale=p)", 0.5);
      var q = tensor(1, -1).reshape(1, 2);
      var k = tensor(1, 2, -3, 4, 0, 0).reshape(3, 2);
      var v = tensor(1, 1, 1).reshape(3, 1);
      var bound =
          bounds("scaled_dot_product_attention", DType.FLOAT64, 2, pytorch, q, k, v)
              .ofGradient(0, tensor(-2).reshape(1, 1), new double[2], _ -> null);
      // Slopes up to 2, scores up to 3.5, three keys of width 2, values of width 1.
      assertArrayEquals(new double[] {2 * 3 * 14 * EPSILON, 2 * 4 * 14 * EPSILON}, bound, EPSILON);
      var narrow =
          bounds("scaled_dot_product_attention", DType.FLOAT16, 2, pytorch, q, k, v)
              .ofGradient(0, tensor(-2).reshape(1, 1), new double[2], _ -> null);
      assertEquals(0x1p-23 / EPSILON, narrow[0] / bound[0], 1);
    }
  }
}
