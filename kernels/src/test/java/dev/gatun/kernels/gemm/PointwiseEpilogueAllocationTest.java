package dev.gatun.kernels.gemm;

import static dev.gatun.kernels.SteadyState.assertNothingIsAllocated;

import dev.gatun.kernels.TestScope;
import dev.gatun.kernels.VectorProvider;
import dev.gatun.kernels.gemm.Matrices.Placement;
import dev.gatun.kernels.pointwise.Expression;
import dev.gatun.kernels.pointwise.PointwiseProgram;
import dev.gatun.memory.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Products that end with an elementwise program allocate nothing once compiled. */
@ExtendWith(TestScope.class)
class PointwiseEpilogueAllocationTest {
  @Test
  void nothingIsAllocatedInTheSteadyState() {
    var provider = VectorProvider.ofWidth(VectorProvider.availableWidths().getLast());
    var half = Expression.input(0).mul(0.5);
    var halve = provider.pointwise(PointwiseProgram.of("halve", DType.FLOAT32, 1, half));
    var a = Matrices.random(DType.FLOAT32, Placement.ROW_MAJOR, 1, 12, 48);
    var b = Matrices.random(DType.FLOAT32, Placement.ROW_MAJOR, 2, 48, 80);
    var bias = Matrices.random(DType.FLOAT32, Placement.ROW_MAJOR, 3, 1, 80);
    var out = Matrices.random(DType.FLOAT32, Placement.ROW_MAJOR, 4, 12, 80);
    var epilogue = PointwiseEpilogue.inPlace(halve, out);
    assertNothingIsAllocated(
        "a product that is halved",
        () -> provider.matmul().matmul(out, a, b, 1, 0, epilogue, bias));
  }
}
