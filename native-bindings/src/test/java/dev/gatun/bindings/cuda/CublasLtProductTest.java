package dev.gatun.bindings.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gatun.bindings.RealLibraries;
import dev.gatun.bindings.cuda.CublasLtProduct.Activation;
import dev.gatun.bindings.cuda.CublasLtProduct.Finish;
import dev.gatun.bindings.cuda.CublasLtProduct.Matrix;
import dev.gatun.bindings.cuda.CublasLtProduct.Problem;
import dev.gatun.bindings.generated.cublas.cublas_h;
import dev.gatun.bindings.generated.cublaslt.cublasLt_h;
import dev.gatun.bindings.loading.CudaLibrary;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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
            Finish.of(Activation.RELU, true),
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
            new Problem(type, allowed, 2, 2, 2, 1, matrix, matrix, matrix, Finish.NONE, 16);
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

  private static int epilogueOf(Activation activation, boolean vector) {
    return switch (activation) {
      case NONE ->
          vector ? cublasLt_h.CUBLASLT_EPILOGUE_BIAS() : cublasLt_h.CUBLASLT_EPILOGUE_DEFAULT();
      case RELU ->
          vector ? cublasLt_h.CUBLASLT_EPILOGUE_RELU_BIAS() : cublasLt_h.CUBLASLT_EPILOGUE_RELU();
      case RELU_KEEPING_BITS ->
          vector
              ? cublasLt_h.CUBLASLT_EPILOGUE_RELU_AUX_BIAS()
              : cublasLt_h.CUBLASLT_EPILOGUE_RELU_AUX();
      case GELU ->
          vector ? cublasLt_h.CUBLASLT_EPILOGUE_GELU_BIAS() : cublasLt_h.CUBLASLT_EPILOGUE_GELU();
      case GELU_KEEPING_INPUT ->
          vector
              ? cublasLt_h.CUBLASLT_EPILOGUE_GELU_AUX_BIAS()
              : cublasLt_h.CUBLASLT_EPILOGUE_GELU_AUX();
      case RELU_GRADIENT ->
          vector
              ? cublasLt_h.CUBLASLT_EPILOGUE_DRELU_BGRAD()
              : cublasLt_h.CUBLASLT_EPILOGUE_DRELU();
      case GELU_GRADIENT ->
          vector
              ? cublasLt_h.CUBLASLT_EPILOGUE_DGELU_BGRAD()
              : cublasLt_h.CUBLASLT_EPILOGUE_DGELU();
      // cublasLt's first factor is ours to the right.
      case SUMS_OF_LEFT -> cublasLt_h.CUBLASLT_EPILOGUE_BGRADB();
      case SUMS_OF_RIGHT -> cublasLt_h.CUBLASLT_EPILOGUE_BGRADA();
    };
  }

  private static boolean takesNoLess(Activation activation, boolean vector) {
    return vector
        || activation != Activation.SUMS_OF_LEFT && activation != Activation.SUMS_OF_RIGHT;
  }

  @ParameterizedTest
  @EnumSource
  void everyFinishIsDescribed(Activation activation) {
    long leading = activation.keeps() ? 3L * activation.keptMultiple() : 0;
    var matrix = new Matrix(false, 200, 2000);
    for (boolean vector : new boolean[] {false, true}) {
      if (!takesNoLess(activation, vector)) {
        assertThrows(
            IllegalArgumentException.class, () -> new Finish(activation, false, leading, 0));
        continue;
      }
      var finish = new Finish(activation, vector, leading, 10 * leading);
      var problem =
          new Problem(
              cublas_h.CUDA_R_16BF(), false, 5, 7, 3, 2, matrix, matrix, matrix, finish, 64);
      try (var product = new CublasLtProduct(problem)) {
        var description = product.description();
        assertEquals(
            epilogueOf(activation, vector),
            description.getInt(cublasLt_h.CUBLASLT_MATMUL_DESC_EPILOGUE()));
        // Heuristics look at how these are aligned.
        assertEquals(
            vector ? 64 : 0, description.getLong(cublasLt_h.CUBLASLT_MATMUL_DESC_BIAS_POINTER()));
        assertEquals(
            activation.keeps() ? 64 : 0,
            description.getLong(cublasLt_h.CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_POINTER()));
        assertEquals(
            leading, description.getLong(cublasLt_h.CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_LD()));
        assertEquals(
            10 * leading,
            description.getLong(cublasLt_h.CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_BATCH_STRIDE()));
      }
    }
  }

  @Test
  void distancesOfWhatIsKeptAreSuchAsCublasTakes() {
    for (long leading : new long[] {0, 4, 100}) {
      assertThrows(
          IllegalArgumentException.class,
          () -> new Finish(Activation.RELU_GRADIENT, false, leading, 0));
      assertThrows(
          IllegalArgumentException.class,
          () -> new Finish(Activation.GELU_KEEPING_INPUT, true, leading, 0));
    }
    assertThrows(
        IllegalArgumentException.class, () -> new Finish(Activation.GELU_GRADIENT, true, 16, 12));
    assertThrows(IllegalArgumentException.class, () -> new Finish(Activation.RELU, true, 128, 0));
  }
}
