package dev.gatun.kernels.pooling;

import static dev.gatun.kernels.SteadyState.assertNothingIsAllocated;

import dev.gatun.kernels.CallerAlone;
import dev.gatun.kernels.Layouts;
import dev.gatun.kernels.Layouts.Kind;
import dev.gatun.kernels.VectorProvider;
import dev.gatun.memory.DType;
import dev.gatun.memory.Scope;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Once compiled, pooling allocates nothing. Until then vectors are objects. */
@ExtendWith(CallerAlone.class)
class PoolingAllocationTest {
  private static final VectorProvider PROVIDER =
      VectorProvider.ofWidth(VectorProvider.availableWidths().getLast());

  @ParameterizedTest
  @CsvSource({
    "CONTIGUOUS, FLOAT32",
    "CONTIGUOUS, FLOAT64",
    "SLICED, FLOAT32",
    "SLICED, FLOAT64",
    "CONTIGUOUS, BFLOAT16"
  })
  void nothingIsAllocatedInTheSteadyState(Kind kind, DType dtype) {
    try (var _ = Scope.open()) {
      var pooling = PROVIDER.pooling();
      var windows = PoolingGeometry.of(2);
      var x = Layouts.gaussian(kind, dtype, 8, 16, 16, 16);
      var source = Layouts.gaussian(kind, dtype, 8, 16, 16, 16);
      var dx = Layouts.allocate(kind, dtype, 8, 16, 16, 16);
      var y = Layouts.allocate(kind, dtype, 8, 16, 8, 8);
      var dy = Layouts.gaussian(kind, dtype, 8, 16, 8, 8);
      var positions = Layouts.allocate(kind, DType.INT64, 8, 16, 8, 8);
      assertNothingIsAllocated("max", () -> pooling.max(y, x, windows));
      assertNothingIsAllocated("takeAtMax", () -> pooling.takeAtMax(y, source, x, windows));
      assertNothingIsAllocated("maxPositions", () -> pooling.maxPositions(positions, x, windows));
      assertNothingIsAllocated("maxBackward", () -> pooling.maxBackward(dx, dy, x, windows));
      assertNothingIsAllocated("average", () -> pooling.average(y, x, windows, true, 0));
      assertNothingIsAllocated(
          "averageBackward", () -> pooling.averageBackward(dx, dy, windows, true, 0));
      assertNothingIsAllocated("adaptiveAverage", () -> pooling.adaptiveAverage(y, x));
      assertNothingIsAllocated(
          "adaptiveAverageBackward", () -> pooling.adaptiveAverageBackward(dx, dy));
      var uneven = Layouts.allocate(kind, dtype, 8, 16, 5, 3);
      assertNothingIsAllocated("uneven adaptiveAverage", () -> pooling.adaptiveAverage(uneven, x));
    }
  }
}
