package dev.gatun.kernels;

import static dev.gatun.kernels.SteadyState.assertNothingIsAllocated;

import dev.gatun.kernels.Layouts.Kind;
import dev.gatun.kernels.random.Generator;
import dev.gatun.kernels.reduce.Reduction;
import dev.gatun.memory.DType;
import dev.gatun.memory.Scope;
import org.junit.jupiter.api.Test;

/** Kernels of small operands leave nothing behind on the heap once they are compiled. */
class AllocationTest {
  @Test
  void smallKernelsDoNotAllocate() {
    try (var _ = Scope.open()) {
      var provider = Kernels.provider();
      var reductions = provider.reductions();
      var indexing = provider.indexing();
      var random = provider.random();
      var generator = new Generator(1);
      var in = Layouts.gaussian(Kind.CONTIGUOUS, DType.FLOAT32, 4, 10);
      var turned = Layouts.gaussian(Kind.TRANSPOSED, DType.FLOAT32, 4, 10);
      var out = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT32, 4, 10);
      var rows = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT32, 4, 1);
      var columns = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT32, 1, 10);
      var positions = Layouts.filled(Kind.CONTIGUOUS, DType.INT64, () -> 2, 4, 1);
      var index = Layouts.filled(Kind.CONTIGUOUS, DType.INT64, () -> 2, 4);
      assertNothingIsAllocated("softmax", () -> reductions.softmax(out, in, 1));
      assertNothingIsAllocated("logSoftmax", () -> reductions.logSoftmax(out, in, 1));
      assertNothingIsAllocated(
          "logSoftmaxBackward", () -> reductions.logSoftmaxBackward(out, in, in, 1));
      var targets = Layouts.filled(Kind.CONTIGUOUS, DType.INT64, () -> 2, 4);
      var losses = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT32, 4);
      var statistics = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT32, 2, 4);
      var means = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT32, 4);
      var rstds = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT32, 4);
      var weight = Layouts.gaussian(Kind.CONTIGUOUS, DType.FLOAT32, 10);
      var gradient = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT32, 10);
      assertNothingIsAllocated(
          "crossEntropy",
          () -> {
            reductions.crossEntropy(losses, statistics, in, targets, null, -1, 0, true);
            reductions.crossEntropyBackward(
                out, losses, statistics, in, targets, null, -1, 0, true);
          });
      assertNothingIsAllocated(
          "layerNorm",
          () -> {
            reductions.layerNorm(out, means, rstds, in, weight, weight, 1e-5);
            reductions.layerNormBackward(out, gradient, gradient, in, in, means, rstds, weight);
          });
      assertNothingIsAllocated(
          "attentionWeights", () -> reductions.attentionWeights(out, in, true));
      assertNothingIsAllocated("logSumExp", () -> reductions.logSumExp(rows, in));
      assertNothingIsAllocated("indexAdd", () -> indexing.indexAdd(out, 0, index, in));
      assertNothingIsAllocated("sum", () -> reductions.reduce(Reduction.SUM, rows, in));
      assertNothingIsAllocated(
          "sum of columns", () -> reductions.reduce(Reduction.SUM, columns, in));
      assertNothingIsAllocated("max", () -> reductions.reduce(Reduction.MAX, rows, turned));
      assertNothingIsAllocated("variance", () -> reductions.variance(rows, null, in, 1));
      assertNothingIsAllocated(
          "standardDeviation", () -> reductions.standardDeviation(rows, in, 1));
      assertNothingIsAllocated("argMax", () -> reductions.argMax(positions, in, 1));
      assertNothingIsAllocated("copy", () -> indexing.copy(out, in));
      assertNothingIsAllocated("strided copy", () -> indexing.copy(out, turned));
      assertNothingIsAllocated("fill", () -> indexing.fill(out, 1.5));
      assertNothingIsAllocated("indexSelect", () -> indexing.indexSelect(out, in, 0, index));
      assertNothingIsAllocated("gather", () -> indexing.gather(rows, in, 1, positions));
      assertNothingIsAllocated("scatterAdd", () -> indexing.scatterAdd(out, 1, positions, rows));
      assertNothingIsAllocated("bernoulli", () -> random.bernoulli(out, 0.5, generator));
    }
  }

  @Test
  void parallelKernelsDoNotAllocateOnTheCaller() {
    int before = Workers.threads();
    Workers.setThreads(2);
    try (var _ = Scope.open()) {
      var reductions = Kernels.provider().reductions();
      var in = Layouts.gaussian(Kind.CONTIGUOUS, DType.FLOAT32, 100, 1000);
      var out = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT32, 1, 1);
      assertNothingIsAllocated("parallel sum", () -> reductions.reduce(Reduction.SUM, out, in));
    } finally {
      Workers.setThreads(before);
    }
  }
}
