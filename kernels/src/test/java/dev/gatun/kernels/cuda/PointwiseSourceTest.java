package dev.gatun.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.kernels.pointwise.Expression;
import dev.gatun.kernels.pointwise.PointwiseProgram;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import java.util.List;
import org.junit.jupiter.api.Test;

class PointwiseSourceTest {
  private static final Expression X = Expression.input(0);
  private static final Expression Y = Expression.input(1);

  private static PointwiseProgram program() {
    return PointwiseProgram.of(
        "my axpy", DType.FLOAT32, 2, X.mul(Expression.parameter(0)).add(Y).relu());
  }

  @Test
  void aTextForPeople() {
    assertEquals(
        """
        static __device__ __forceinline__ void pointwise_my_axpy_element(
            float x0, float x1, float p0, float *y0) {
          const float v2 = x0 * p0;
          const float v4 = v2 + x1;
          const bool v6 = v4 < 0.0f;
          const float v7 = v6 ? 0.0f : v4;
          *y0 = v7;
        }

        extern "C" __global__ void __launch_bounds__(256) pointwise_my_axpy(
            float *__restrict__ out0,
            const float *__restrict__ in0,
            const float *__restrict__ in1,
            const float p0,
            const unsigned int count) {
          const unsigned int first = (unsigned int)blockIdx.x * blockDim.x + threadIdx.x;
          const unsigned int step = (unsigned int)gridDim.x * blockDim.x;
          for (unsigned int i = first; i < count; i += step) {
            float y0;
            pointwise_my_axpy_element(in0[i], in1[i], p0, &y0);
            out0[i] = y0;
          }
        }
        """,
        CudaText.of(PointwiseSource.of(program(), PointwiseAccess.elements())).text());
  }

  @Test
  void equalProgramsGiveEqualTexts() {
    for (var type : DType.values()) {
      for (var program : PointwiseCases.operations(type)) {
        var access = PointwiseAccess.strided(3);
        assertEquals(
            CudaText.of(PointwiseSource.of(program, access)),
            CudaText.of(PointwiseSource.of(program, access)));
      }
    }
  }

  @Test
  void onlyFunctionsThatAreCalledAreThere() {
    var text = CudaText.of(PointwiseSource.of(halved(DType.FLOAT16), PointwiseAccess.chunks()));
    assertTrue(text.text().contains(" gatun_half_to_float("));
    assertFalse(text.text().contains("digamma"));
    String digamma = DeviceFunctions.neededBy("gatun_digamma_f64(x)");
    assertTrue(digamma.indexOf("double gatun_bernoulli") < digamma.indexOf("gatun_digamma_f64"));
  }

  private static PointwiseProgram halved(DType type) {
    return PointwiseProgram.of("halved", type, 1, X.mul(0.5));
  }

  @Test
  void chunksFillSixteenBytes() {
    assertEquals(8, PointwiseSource.elementsPerChunk(halved(DType.BFLOAT16), 0));
    assertEquals(2, PointwiseSource.elementsPerChunk(halved(DType.FLOAT64), 0));
    var mixed =
        PointwiseProgram.of("mixed", DType.UINT8, List.of(DType.UINT8, DType.INT64), X.add(Y));
    assertEquals(2, PointwiseSource.elementsPerChunk(mixed, 0));
    assertEquals(16, PointwiseSource.elementsPerChunk(mixed, 0b10));
  }

  @Test
  void outputsOverInputsAreNotRestricted() {
    var access = PointwiseAccess.elements().overInputs();
    assertFalse(PointwiseSource.of(program(), access).text().contains("__restrict__"));
  }

  @Test
  void anAccessHasAxesWhereItHasStrides() {
    assertThrows(ArgumentException.class, () -> PointwiseAccess.strided(0));
    assertThrows(ArgumentException.class, () -> PointwiseAccess.strided(9));
    assertThrows(ArgumentException.class, () -> PointwiseAccess.strided(2).withScalars(1));
  }
}
