package dev.gatun.kernels;

import static dev.gatun.kernels.SteadyState.assertNothingIsAllocated;

import dev.gatun.kernels.Layouts.Kind;
import dev.gatun.kernels.convolution.ConvolutionGeometry;
import dev.gatun.kernels.pointwise.Expression;
import dev.gatun.kernels.pointwise.PointwiseProgram;
import dev.gatun.kernels.pooling.PoolingGeometry;
import dev.gatun.kernels.random.Generator;
import dev.gatun.kernels.reduce.Reduction;
import dev.gatun.memory.DType;
import dev.gatun.memory.Scope;
import dev.gatun.memory.StridedArray;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Kernels allocate nothing once compiled, whatever vectors others in the process have used: nothing
 * hangs on the profiles of the methods that all vectors share.
 */
@ExtendWith(CallerAlone.class)
abstract class KernelsAllocation {
  private static final int ROWS = 24;
  private static final int COLUMNS = 150;

  private static StridedArray random(DType dtype, long... sizes) {
    return Layouts.gaussian(Kind.CONTIGUOUS, dtype, sizes);
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64"})
  void reductionsDoNotAllocate(DType dtype) {
    try (var _ = Scope.open()) {
      var kernels = Kernels.provider().reductions();
      var in = random(dtype, ROWS, COLUMNS);
      var out = random(dtype, ROWS, COLUMNS);
      var rows = random(dtype, ROWS, 1);
      var columns = random(dtype, 1, COLUMNS);
      var rowPositions = Layouts.filled(Kind.CONTIGUOUS, DType.INT64, () -> 2, ROWS, 1);
      for (var kind : List.of(Reduction.SUM, Reduction.PROD, Reduction.MAX, Reduction.MIN)) {
        assertNothingIsAllocated(kind + " of rows", () -> kernels.reduce(kind, rows, in));
        assertNothingIsAllocated(kind + " of columns", () -> kernels.reduce(kind, columns, in));
      }
      assertNothingIsAllocated("argMax", () -> kernels.argMax(rowPositions, in, 1));
      assertNothingIsAllocated("argMin", () -> kernels.argMin(rowPositions, in, 1));
      assertNothingIsAllocated("variance", () -> kernels.variance(rows, null, in, 1));
      assertNothingIsAllocated("variance of columns", () -> kernels.variance(columns, null, in, 1));
      assertNothingIsAllocated("logSumExp", () -> kernels.logSumExp(rows, in));
      for (int axis = 0; axis < 2; axis++) {
        fibresDoNotAllocate(dtype, axis);
      }
      assertNothingIsAllocated("attentionWeights", () -> kernels.attentionWeights(out, in, false));
    }
  }

  /** Softmax and its gradients along an axis. */
  private static void fibresDoNotAllocate(DType dtype, int axis) {
    try (var _ = Scope.open()) {
      var kernels = Kernels.provider().reductions();
      var in = random(dtype, ROWS, COLUMNS);
      var gradient = random(dtype, ROWS, COLUMNS);
      var out = random(dtype, ROWS, COLUMNS);
      assertNothingIsAllocated("softmax " + axis, () -> kernels.softmax(out, in, axis));
      assertNothingIsAllocated("logSoftmax " + axis, () -> kernels.logSoftmax(out, in, axis));
      assertNothingIsAllocated(
          "softmaxBackward " + axis, () -> kernels.softmaxBackward(gradient, in, out, axis));
      assertNothingIsAllocated(
          "logSoftmaxBackward " + axis, () -> kernels.logSoftmaxBackward(gradient, in, out, axis));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64"})
  void normsAndLossesDoNotAllocate(DType dtype) {
    try (var _ = Scope.open()) {
      var kernels = Kernels.provider().reductions();
      var in = random(dtype, ROWS, COLUMNS);
      var out = random(dtype, ROWS, COLUMNS);
      var means = random(dtype, ROWS);
      var rstds = random(dtype, ROWS);
      var weight = random(dtype, COLUMNS);
      var gradient = random(dtype, COLUMNS);
      assertNothingIsAllocated(
          "layerNorm", () -> kernels.layerNorm(out, means, rstds, in, weight, weight, 1e-5));
      assertNothingIsAllocated(
          "layerNormBackward",
          () -> kernels.layerNormBackward(out, gradient, gradient, in, in, means, rstds, weight));
      var targets = Layouts.filled(Kind.CONTIGUOUS, DType.INT64, () -> 2, ROWS);
      var losses = random(dtype, ROWS);
      var statistics = random(dtype, 2, ROWS);
      assertNothingIsAllocated(
          "crossEntropy",
          () -> kernels.crossEntropy(losses, statistics, in, targets, null, -1, 0.1, false));
      assertNothingIsAllocated(
          "crossEntropyBackward",
          () ->
              kernels.crossEntropyBackward(
                  out, losses, statistics, in, targets, null, -1, 0.1, false));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64"})
  void productsDoNotAllocate(DType dtype) {
    try (var _ = Scope.open()) {
      var kernels = Kernels.provider().matmul();
      for (int size : new int[] {1, 6, 40, 150}) {
        var a = random(dtype, size, 150);
        var b = random(dtype, 150, 70);
        var turnedA = Layouts.gaussian(Kind.TRANSPOSED, dtype, size, 150);
        var turnedB = Layouts.gaussian(Kind.TRANSPOSED, dtype, 150, 70);
        var out = random(dtype, size, 70);
        assertNothingIsAllocated("NN " + size, () -> kernels.matmul(out, a, b, 1, 0, null, null));
        assertNothingIsAllocated(
            "NT " + size, () -> kernels.matmul(out, a, turnedB, 1, 0, null, null));
        assertNothingIsAllocated(
            "TN " + size, () -> kernels.matmul(out, turnedA, b, 1, 0, null, null));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"BFLOAT16", "INT8"})
  void narrowWeightsDoNotAllocate(DType weights) {
    try (var _ = Scope.open()) {
      var kernels = Kernels.provider().narrowLinear();
      var x = random(DType.FLOAT32, 2, 72);
      var weight = Layouts.filled(Kind.CONTIGUOUS, weights, () -> 3, 32, 72);
      var vector = random(DType.FLOAT32, 32);
      var out = random(DType.FLOAT32, 2, 32);
      assertNothingIsAllocated("linear", () -> kernels.linear(out, x, weight, vector, vector));
    }
  }

  @Test
  void imagesDoNotAllocate() {
    try (var _ = Scope.open()) {
      var dtype = DType.FLOAT32;
      var kernels = Kernels.provider().convolutions();
      var pooling = Kernels.provider().pooling();
      var same = ConvolutionGeometry.DEFAULT.padding(1);
      var half = same.stride(2);
      var x = random(dtype, 1, 16, 18, 18);
      var weight = random(dtype, 16, 16, 3, 3);
      var y = random(dtype, 1, 16, 18, 18);
      var small = random(dtype, 1, 16, 9, 9);
      assertNothingIsAllocated("convolution", () -> kernels.convolve(y, x, weight, null, same));
      assertNothingIsAllocated(
          "with a stride", () -> kernels.convolve(small, x, weight, null, half));
      assertNothingIsAllocated("input gradient", () -> kernels.inputGradient(x, y, weight, same));
      assertNothingIsAllocated(
          "input gradient with a stride", () -> kernels.inputGradient(x, small, weight, half));
      assertNothingIsAllocated("weight gradient", () -> kernels.weightGradient(weight, y, x, same));
      var windows = PoolingGeometry.of(2);
      assertNothingIsAllocated("max", () -> pooling.max(small, x, windows));
      assertNothingIsAllocated("average", () -> pooling.average(small, x, windows, true, 0));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64"})
  void elementwiseDoesNotAllocate(DType dtype) {
    try (var _ = Scope.open()) {
      var in = random(dtype, ROWS, COLUMNS);
      var out = random(dtype, ROWS, COLUMNS);
      var x = Expression.input(0);
      var y = Expression.input(1);
      for (var formula :
          List.of(
              x.mul(y).add(x),
              x.exp(),
              x.tanh(),
              x.sigmoid(),
              x.abs().add(1).log(),
              x.sqrt(),
              x.div(y))) {
        var kernel = Kernels.provider().pointwise(PointwiseProgram.of("mixed", dtype, 2, formula));
        assertNothingIsAllocated(formula.toString(), () -> kernel.run(out, in, out, 0, 0));
      }
      var generator = new Generator(1);
      assertNothingIsAllocated(
          "normal", () -> Kernels.provider().random().normal(out, 0, 1, generator));
    }
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void conversionsAndRangesDoNotAllocate(DType from) {
    try (var _ = Scope.open()) {
      var kernels = Kernels.provider().indexing();
      var in = random(from, ROWS, COLUMNS);
      assertNothingIsAllocated("range", () -> kernels.range(in, 1, 0.5));
      assertNothingIsAllocated("whole range", () -> kernels.range(in, 0, 1));
      for (var to : DType.values()) {
        var out = random(to, ROWS, COLUMNS);
        var turned = Layouts.gaussian(Kind.TRANSPOSED, to, ROWS, COLUMNS);
        assertNothingIsAllocated("to " + to, () -> kernels.copy(out, in));
        assertNothingIsAllocated("to turned " + to, () -> kernels.copy(turned, in));
      }
    }
  }
}
