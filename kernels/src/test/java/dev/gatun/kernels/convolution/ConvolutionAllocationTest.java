package dev.gatun.kernels.convolution;

import static dev.gatun.kernels.SteadyState.assertNothingIsAllocated;

import dev.gatun.kernels.CallerAlone;
import dev.gatun.kernels.Layouts;
import dev.gatun.kernels.Layouts.Kind;
import dev.gatun.kernels.VectorProvider;
import dev.gatun.memory.DType;
import dev.gatun.memory.Scope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Once compiled, convolutions allocate nothing. Until then vectors are objects. */
@ExtendWith(CallerAlone.class)
class ConvolutionAllocationTest {
  private static final VectorProvider PROVIDER =
      VectorProvider.ofWidth(VectorProvider.availableWidths().getLast());

  @Test
  void nothingIsAllocatedInTheSteadyState() {
    try (var _ = Scope.open()) {
      var kernels = PROVIDER.convolutions();
      var geometry = ConvolutionGeometry.DEFAULT.padding(1);
      var strided = ConvolutionGeometry.DEFAULT.padding(1).stride(2);
      var x = Layouts.gaussian(Kind.CONTIGUOUS, DType.FLOAT32, 1, 16, 16, 16);
      var weight = Layouts.gaussian(Kind.CONTIGUOUS, DType.FLOAT32, 16, 16, 3, 3);
      var bias = Layouts.gaussian(Kind.CONTIGUOUS, DType.FLOAT32, 16);
      var y = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT32, 1, 16, 16, 16);
      var half = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT32, 1, 16, 8, 8);
      var dx = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT32, 1, 16, 16, 16);
      var dw = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT32, 16, 16, 3, 3);
      assertNothingIsAllocated("Winograd", () -> kernels.convolve(y, x, weight, bias, geometry));
      var wide = ConvolutionGeometry.DEFAULT.padding(3).stride(2);
      var image = Layouts.gaussian(Kind.CONTIGUOUS, DType.FLOAT32, 1, 3, 32, 32);
      var wideWeight = Layouts.gaussian(Kind.CONTIGUOUS, DType.FLOAT32, 16, 3, 7, 7);
      assertNothingIsAllocated(
          "Winograd along rows", () -> kernels.convolve(y, image, wideWeight, bias, wide));
      assertNothingIsAllocated("direct", () -> kernels.convolve(half, x, weight, bias, strided));
      assertNothingIsAllocated(
          "input gradient", () -> kernels.inputGradient(dx, half, weight, strided));
      assertNothingIsAllocated("weight gradient", () -> kernels.weightGradient(dw, y, x, geometry));
    }
  }
}
