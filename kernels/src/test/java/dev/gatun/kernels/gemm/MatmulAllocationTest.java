package dev.gatun.kernels.gemm;

import static dev.gatun.kernels.SteadyState.assertNothingIsAllocated;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.kernels.VectorProvider;
import dev.gatun.kernels.gemm.Matrices.Placement;
import dev.gatun.memory.DType;
import dev.gatun.memory.Scope;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Once compiled, products allocate nothing. Until then vectors are objects. */
class MatmulAllocationTest {
  private static final int CALLS = 500;

  private static final MatmulKernels KERNELS =
      VectorProvider.ofWidth(VectorProvider.availableWidths().getLast()).matmul();

  /**
   * Vectors of all widths share methods. What the compiler has seen of the others there must not
   * make it give up on the widest.
   */
  @BeforeAll
  static void useOtherWidths() {
    try (var scope = Scope.open()) {
      for (var dtype : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
        var a = Matrices.random(dtype, Placement.ROW_MAJOR, 1, 6, 8);
        var b = Matrices.random(dtype, Placement.ROW_MAJOR, 2, 8, 64);
        var out = Matrices.random(dtype, Placement.ROW_MAJOR, 3, 6, 64);
        for (int width : VectorProvider.availableWidths()) {
          var kernels = VectorProvider.ofWidth(width).matmul();
          for (int call = 0; call < CALLS; call++) {
            kernels.matmul(out, a, b, 1, 0, null, null);
          }
        }
      }
      assertEquals(6, scope.size(), "operands of both types");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "FLOAT32, 12, 48, 64, ROW_MAJOR",
    "FLOAT32, 48, 48, 192, ROW_MAJOR",
    "FLOAT32, 16, 64, 48, COLUMN_MAJOR",
    "FLOAT32, 1, 64, 64, COLUMN_MAJOR",
    "FLOAT64, 12, 48, 64, ROW_MAJOR"
  })
  void nothingIsAllocatedInTheSteadyState(
      DType dtype, int rows, int depth, int columns, Placement placement) {
    try (var scope = Scope.open()) {
      var a = Matrices.random(dtype, Placement.ROW_MAJOR, 1, rows, depth);
      var b = Matrices.random(dtype, placement, 2, depth, columns);
      var bias = Matrices.random(dtype, Placement.ROW_MAJOR, 3, 1, columns);
      var out = Matrices.random(dtype, Placement.ROW_MAJOR, 4, rows, columns);
      assertNothingIsAllocated("a product", () -> KERNELS.matmul(out, a, b, 1, 0, null, bias));
      assertEquals(4, scope.size(), "operands");
    }
  }
}
