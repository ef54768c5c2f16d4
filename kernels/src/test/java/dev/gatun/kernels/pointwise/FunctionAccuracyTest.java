package dev.gatun.kernels.pointwise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.kernels.VectorProvider;
import dev.gatun.memory.DType;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import dev.gatun.memory.StridedArray;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Float functions over the whole range of floats, against double: within 2 units in the last place.
 */
class FunctionAccuracyTest {
  private static final int BLOCK = 1 << 14;

  /** A prime, so that every exponent and many low bits come up. */
  private static final int SAMPLE_STEP = 20_011;

  private static final Map<String, UnaryOperator<Expression>> WITHIN_2_ULP =
      Map.of(
          "exp", Expression::exp,
          "expm1", Expression::expm1,
          "log", Expression::log,
          "log1p", Expression::log1p,
          "tanh", Expression::tanh,
          "erf", Expression::erf,
          "sin", Expression::sin,
          "cos", Expression::cos,
          "atan", Expression::atan,
          "softplus", Expression::softplus);

  private static final Map<String, UnaryOperator<Expression>> WITHIN_4_ULP =
      Map.of(
          "sigmoid", Expression::sigmoid,
          "tan", Expression::tan,
          "asin", Expression::asin,
          "acos", Expression::acos,
          "sinh", Expression::sinh,
          "cosh", Expression::cosh,
          "rsqrt", Expression::rsqrt,
          "pow 1.75", x -> x.pow(1.75),
          "pow -2.5", x -> x.pow(-2.5));

  private static final Map<String, UnaryOperator<Expression>> OTHERS_WITHIN_4_ULP =
      Map.of(
          "exp2", Expression::exp2,
          "log2", Expression::log2,
          "log10", Expression::log10,
          "asinh", Expression::asinh,
          "acosh", Expression::acosh,
          "atanh", Expression::atanh,
          "pow 5", x -> x.pow(5),
          "pow -4", x -> x.pow(-4),
          "hypot", x -> x.hypot(Expression.constant(3)));

  /** Those of gamma's kin that have zeros below 0, where their terms cancel, from 0 on. */
  private static final Map<String, UnaryOperator<Expression>> SPECIAL_WITHIN_4_ULP =
      Map.of(
          "erfc", Expression::erfc,
          "erfinv", Expression::erfinv,
          "lgamma", x -> x.abs().lgamma(),
          "digamma", x -> x.abs().digamma(),
          "trigamma", x -> x.polygamma(1));

  private static final List<UnaryOperator<Expression>> ODD =
      List.of(
          Expression::sin,
          Expression::tan,
          Expression::asin,
          Expression::atan,
          Expression::sinh,
          Expression::tanh,
          Expression::asinh,
          Expression::atanh,
          Expression::expm1,
          Expression::log1p,
          Expression::erf,
          Expression::erfinv,
          Expression::silu,
          Expression::gelu,
          x -> x.elu(1.5),
          Expression::selu);

  @Test
  void zerosKeepTheirSign() {
    for (int width : VectorProvider.availableWidths()) {
      for (var type : List.of(DType.FLOAT32, DType.FLOAT64)) {
        ODD.forEach(function -> zerosKeepTheirSign(width, type, function));
      }
    }
  }

  private static void zerosKeepTheirSign(
      int width, DType type, UnaryOperator<Expression> function) {
    var formula = function.apply(Expression.input(0));
    var kernel =
        VectorProvider.ofWidth(width).pointwise(PointwiseProgram.of("odd", type, 1, formula));
    int count = 33;
    try (var _ = Scope.open()) {
      var in = StridedArray.allocate(type, Shape.of(count));
      var out = StridedArray.allocate(type, Shape.of(count));
      for (int i = 0; i < count; i++) {
        type.setDouble(in.segment(), (long) i * type.byteSize(), i % 3 == 0 ? -0.0 : 0.0);
      }
      kernel.run(out, in, 0, 0);
      for (int i = 0; i < count; i++) {
        double got = type.getDouble(out.segment(), (long) i * type.byteSize());
        assertEquals(i % 3 == 0 ? -0.0 : 0.0, got, () -> formula + " in " + type + " " + width);
      }
    }
  }

  static List<Arguments> functions() {
    var cases = new ArrayList<Arguments>();
    for (int width : VectorProvider.availableWidths()) {
      WITHIN_2_ULP.forEach((name, f) -> cases.add(Arguments.of(name, width, f, 2)));
      WITHIN_4_ULP.forEach((name, f) -> cases.add(Arguments.of(name, width, f, 4)));
      OTHERS_WITHIN_4_ULP.forEach((name, f) -> cases.add(Arguments.of(name, width, f, 4)));
      SPECIAL_WITHIN_4_ULP.forEach((name, f) -> cases.add(Arguments.of(name, width, f, 4)));
    }
    return cases;
  }

  @ParameterizedTest(name = "{0} {1} bits")
  @MethodSource("functions")
  void sampleOfAllFloats(String name, int width, UnaryOperator<Expression> function, double ulps) {
    sweep(name, width, function.apply(Expression.input(0)), ulps, SAMPLE_STEP);
  }

  /** Takes minutes: run it with {@code -Dgatun.test.excluded=none}. */
  @Tag("long")
  @ParameterizedTest(name = "{0} {1} bits")
  @MethodSource("functions")
  void allFloats(String name, int width, UnaryOperator<Expression> function, double ulps) {
    sweep(name, width, function.apply(Expression.input(0)), ulps, 1);
  }

  private static void sweep(String name, int width, Expression function, double ulps, int step) {
    var vector =
        VectorProvider.ofWidth(width)
            .pointwise(PointwiseProgram.of(name, DType.FLOAT32, 1, function));
    assertTrue(vector instanceof VectorPointwiseKernel, name);
    var exact =
        new ScalarPointwiseKernel(
            PointwiseProgram.of(name, DType.FLOAT64, List.of(DType.FLOAT32), function));
    try (var _ = Scope.open()) {
      var in = StridedArray.allocate(DType.FLOAT32, Shape.of(BLOCK));
      var out = StridedArray.allocate(DType.FLOAT32, Shape.of(BLOCK));
      var expected = StridedArray.allocate(DType.FLOAT64, Shape.of(BLOCK));
      boolean flushes = name.equals("sigmoid");
      for (long bits = 0; bits < 1L << Integer.SIZE; ) {
        for (int i = 0; i < BLOCK; i++, bits += step) {
          in.segment().setAtIndex(ValueLayout.JAVA_INT, i, (int) bits);
        }
        vector.run(out, in, 0, 0);
        exact.run(expected, in, 0, 0);
        for (int i = 0; i < BLOCK; i++) {
          float got = out.segment().getAtIndex(ValueLayout.JAVA_FLOAT, i);
          double wanted = expected.segment().getAtIndex(ValueLayout.JAVA_DOUBLE, i);
          int at = i;
          assertTrue(
              errorInUlps(wanted, got) <= ulps || flushes && isFlushed(wanted, got),
              () ->
                  name
                      + "("
                      + in.segment().getAtIndex(ValueLayout.JAVA_FLOAT, at)
                      + "): expected "
                      + wanted
                      + ", got "
                      + got);
        }
      }
    }
  }

  /** Whether a result below the normal numbers has become 0. */
  private static boolean isFlushed(double wanted, float got) {
    return got == 0 && Math.abs(wanted) < Float.MIN_NORMAL;
  }

  private static double errorInUlps(double wanted, float got) {
    if (Double.isNaN(wanted) || Float.isNaN(got)) {
      return Double.isNaN(wanted) == Float.isNaN(got) ? 0 : Double.POSITIVE_INFINITY;
    }
    float nearest = (float) wanted;
    if (got == nearest) {
      return 0;
    }
    // Beyond the largest float, an error is measured as if the exponents went on.
    double value = Float.isInfinite(got) ? Math.copySign(0x1p128, got) : got;
    double limited = Math.clamp(wanted, -0x1p128, 0x1p128);
    double ulp = Float.isInfinite(nearest) ? Math.ulp(Float.MAX_VALUE) : Math.ulp(nearest);
    return Math.abs(value - limited) / ulp;
  }
}
