package dev.gatun.kernels.gemm;

import static dev.gatun.kernels.SteadyState.assertNothingIsAllocated;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.kernels.Layouts;
import dev.gatun.kernels.Layouts.Kind;
import dev.gatun.kernels.VectorProvider;
import dev.gatun.memory.DType;
import dev.gatun.memory.Scope;
import dev.gatun.memory.StridedArray;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Once compiled, layers with narrow weights allocate nothing. Until then vectors are objects. */
class NarrowLinearAllocationTest {
  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"BFLOAT16", "INT8"})
  void nothingIsAllocatedInTheSteadyState(DType weights) {
    var kernels = VectorProvider.ofWidth(VectorProvider.availableWidths().getLast()).narrowLinear();
    try (var scope = Scope.open()) {
      var x = random(DType.FLOAT32, 1, 2, 72);
      var weight = random(weights, 2, 32, 72);
      var vector = random(DType.FLOAT32, 3, 32);
      var out = random(DType.FLOAT32, 4, 2, 32);
      assertNothingIsAllocated(
          weights.name(), () -> kernels.linear(out, x, weight, vector, vector));
      assertEquals(4, scope.size(), "operands");
    }
  }

  private static StridedArray random(DType type, long seed, long... sizes) {
    var random = new SplittableRandom(seed);
    return Layouts.filled(
        Kind.CONTIGUOUS,
        type,
        () -> type == DType.INT8 ? random.nextInt(-128, 128) : random.nextDouble(-1, 1),
        sizes);
  }
}
