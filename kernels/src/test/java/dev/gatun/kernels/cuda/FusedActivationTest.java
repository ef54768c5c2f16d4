package dev.gatun.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.gatun.bindings.cuda.CublasLtProduct.Activation;
import dev.gatun.kernels.pointwise.Derivative;
import dev.gatun.kernels.pointwise.Expression;
import dev.gatun.kernels.pointwise.PointwiseProgram;
import dev.gatun.memory.DType;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which programs cublasLt is trusted with, and which look alike. */
class FusedActivationTest {
  private static final Expression X = Expression.input(0);
  private static final Expression Y = Expression.input(1);

  private static @Nullable FusedActivation of(DType type, int inputs, Expression formula) {
    return FusedActivation.of(PointwiseProgram.of("test", type, inputs, formula));
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64", "FLOAT16", "BFLOAT16"})
  void activationsAreKnownByTheirFormulas(DType type) {
    assertEquals(new FusedActivation(Activation.RELU, 0, -1), of(type, 1, X.relu()));
    assertEquals(new FusedActivation(Activation.GELU, 0, -1), of(type, 1, X.geluTanh()));
    assertEquals(
        new FusedActivation(Activation.GELU_GRADIENT, 1, 0),
        of(type, 2, Derivative.of(X.geluTanh(), 0, Y)));
    assertEquals(
        new FusedActivation(Activation.GELU_GRADIENT, 0, 1),
        of(type, 2, Derivative.of(Y.geluTanh(), 1, X)));
  }

  @Test
  void theGradientOfReluIsKnownByTheResult() {
    assertEquals(
        new FusedActivation(Activation.RELU_GRADIENT, 0, 1),
        of(DType.FLOAT32, 2, Expression.select(Y.le(0), Expression.constant(0), X)));
    assertEquals(
        new FusedActivation(Activation.RELU_GRADIENT, 1, 0),
        of(DType.BFLOAT16, 2, Expression.select(X.le(0), Expression.constant(0), Y)));
    assertNull(of(DType.FLOAT32, 2, Expression.select(Y.lt(0), Expression.constant(0), X)));
  }

  @Test
  void geluByTheErrorFunctionIsNeverTheOneByATangent() {
    assertNull(of(DType.FLOAT32, 1, X.gelu()));
    assertNull(of(DType.FLOAT32, 2, Derivative.of(X.gelu(), 0, Y)));
  }

  @Test
  void otherProgramsAreNone() {
    assertNull(of(DType.FLOAT32, 1, X.relu6()));
    assertNull(of(DType.FLOAT32, 1, X.relu().add(1)));
    assertNull(of(DType.FLOAT32, 2, X.relu()));
    assertNull(of(DType.FLOAT32, 2, Y.geluTanh()));
    assertNull(of(DType.INT32, 1, X.relu()));
    assertNull(
        FusedActivation.of(
            PointwiseProgram.of("cast", DType.FLOAT32, List.of(DType.BFLOAT16), X.relu())));
    assertNull(
        FusedActivation.of(
            new PointwiseProgram(
                "two",
                List.of(X.relu(), X.geluTanh()),
                List.of(DType.FLOAT32, DType.FLOAT32),
                List.of(DType.FLOAT32),
                DType.FLOAT32)));
  }
}
