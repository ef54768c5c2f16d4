package dev.gatun.bindings.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.bindings.RealLibraries;
import dev.gatun.bindings.cuda.CublasLtProduct.Activation;
import dev.gatun.bindings.cuda.CublasLtProduct.Matrix;
import dev.gatun.bindings.cuda.CublasLtProduct.Problem;
import dev.gatun.bindings.generated.cublas.cublas_h;
import dev.gatun.bindings.generated.cublaslt.cublasLt_h;
import dev.gatun.bindings.loading.CudaLibrary;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The real cublasLt is told of row-major products what it has to know. It needs no device. */
class CublasLtProductTest {
  @BeforeEach
  void requireLibrary() {
    RealLibraries.require(CudaLibrary.CUBLAS_LT);
  }

  private static void assertLayout(
      CublasLtDescriptor layout, int type, long rows, long columns, long leading) {
    assertEquals(type, layout.getInt(cublasLt_h.CUBLASLT_MATRIX_LAYOUT_TYPE()));
    assertEquals(rows, layout.getLong(cublasLt_h.CUBLASLT_MATRIX_LAYOUT_ROWS()));
    assertEquals(columns, layout.getLong(cublasLt_h.CUBLASLT_MATRIX_LAYOUT_COLS()));
    assertEquals(leading, layout.getLong(cublasLt_h.CUBLASLT_MATRIX_LAYOUT_LD()));
  }

  @Test
  void rowMajorMatricesAreTransposesOfWhatCublasKnows() {
    int type = cublas_h.CUDA_R_16BF();
    var problem =
        new Problem(
            type,
            true,
            5,
            7,
            3,
            4,
            new Matrix(false, 8, 100),
            new Matrix(false, 3, 15),
            new Matrix(true, 4, 0),
            true,
            Activation.RELU,
            16);
    long live = OwnedHandle.live();
    try (var product = new CublasLtProduct(problem)) {
      var description = product.description();
      assertEquals(
          cublas_h.CUBLAS_OP_T(), description.getInt(cublasLt_h.CUBLASLT_MATMUL_DESC_TRANSA()));
      assertEquals(
          cublas_h.CUBLAS_OP_N(), description.getInt(cublasLt_h.CUBLASLT_MATMUL_DESC_TRANSB()));
      assertEquals(
          cublasLt_h.CUBLASLT_EPILOGUE_RELU_BIAS(),
          description.getInt(cublasLt_h.CUBLASLT_MATMUL_DESC_EPILOGUE()));
      assertEquals(
          cublas_h.CUBLAS_COMPUTE_32F(),
          description.getInt(cublasLt_h.CUBLASLT_MATMUL_DESC_COMPUTE_TYPE()));
      var layouts = product.layouts();
      // b is [3, 7] with columns of 3 side by side, a [5, 3] and out [5, 7] with rows.
      assertLayout(layouts[0], type, 3, 7, 4);
      assertLayout(layouts[1], type, 3, 5, 3);
      assertLayout(layouts[2], type, 7, 5, 8);
      long[] strides = {0, 15, 100};
      for (int i = 0; i < layouts.length; i++) {
        assertEquals(4, layouts[i].getInt(cublasLt_h.CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT()));
        assertEquals(
            strides[i],
            layouts[i].getLong(cublasLt_h.CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET()));
      }
      assertEquals(-1, product.workspaceBytes());
    }
    assertEquals(live, OwnedHandle.live());
  }

  @Test
  void float32IsNotRoundedUnlessThatIsAllowed() {
    var matrix = new Matrix(false, 2, 0);
    for (boolean allowed : new boolean[] {false, true}) {
      for (int type : new int[] {cublas_h.CUDA_R_32F(), cublas_h.CUDA_R_64F()}) {
        var problem =
            new Problem(
                type, allowed, 2, 2, 2, 1, matrix, matrix, matrix, false, Activation.NONE, 16);
        boolean wide = type == cublas_h.CUDA_R_64F();
        int expected =
            wide
                ? cublas_h.CUBLAS_COMPUTE_64F()
                : allowed ? cublas_h.CUBLAS_COMPUTE_32F_FAST_TF32() : cublas_h.CUBLAS_COMPUTE_32F();
        try (var product = new CublasLtProduct(problem)) {
          var description = product.description();
          assertEquals(
              expected, description.getInt(cublasLt_h.CUBLASLT_MATMUL_DESC_COMPUTE_TYPE()));
          assertEquals(
              wide ? cublas_h.CUDA_R_64F() : cublas_h.CUDA_R_32F(),
              description.getInt(cublasLt_h.CUBLASLT_MATMUL_DESC_SCALE_TYPE()));
          assertEquals(
              cublasLt_h.CUBLASLT_EPILOGUE_DEFAULT(),
              description.getInt(cublasLt_h.CUBLASLT_MATMUL_DESC_EPILOGUE()));
        }
      }
    }
  }
}
