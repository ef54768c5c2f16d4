package dev.gatun.kernels.pointwise;

import static dev.gatun.kernels.pointwise.Expression.constant;

/**
 * Numbers times a gate that is 0 far below 0 and 1 far above it: values in scalar and in vector
 * code, and slopes. A slope is one factor of a gradient, so that an infinite gradient meets no
 * difference of infinities.
 */
final class GatedActivations {
  /** Below this every gate is 0, and a square is still finite in float. */
  private static final double CLOSED = -ActivationFormulas.FAR;

  private static final double GELU_CUBE = 0.044715;
  private static final double GELU_SCALE = Math.sqrt(2 / Math.PI);

  private GatedActivations() {}

  /** Minus infinity times a closed gate would not be a number. */
  private static double bounded(double x) {
    return Math.max(x, CLOSED);
  }

  private static VectorValue bounded(VectorCode code, VectorValue x) {
    return code.select(code.compare("LT", x, CLOSED), code.constant(CLOSED), x);
  }

  static double silu(double x) {
    return bounded(x) * UnaryOperation.SIGMOID.apply(x);
  }

  /** Adds {@code x * sigmoid(x)} to vector code. */
  static VectorValue silu(VectorCode code, VectorValue x) {
    return code.mul(bounded(code, x), VectorExponentials.sigmoid(code, x));
  }

  static Expression siluSlope(Expression x) {
    var gate = x.sigmoid();
    return gate.mul(constant(1).sub(gate).mul(x.bounded()).add(1));
  }

  static double mish(double x) {
    return bounded(x) * Math.tanh(UnaryOperation.SOFTPLUS.apply(x));
  }

  /** Adds {@code x * tanh(softplus(x))} to vector code. */
  static VectorValue mish(VectorCode code, VectorValue x) {
    var gate = VectorExponentials.tanh(code, VectorExponentials.softplus(code, x));
    return code.mul(bounded(code, x), gate);
  }

  static Expression mishSlope(Expression x) {
    var gate = x.softplus().tanh();
    var steepness = constant(1).sub(gate.mul(gate)).mul(x.sigmoid());
    return steepness.mul(x.bounded()).add(gate);
  }

  static double geluTanh(double x) {
    double inner = x * Math.fma(x * x, GELU_CUBE * GELU_SCALE, GELU_SCALE);
    return bounded(x) * Math.fma(Math.tanh(inner), 0.5, 0.5);
  }

  /** Adds GELU by its tanh approximation to vector code. */
  static VectorValue geluTanh(VectorCode code, VectorValue x) {
    var inner = code.mul(x, code.fma(code.mul(x, x), GELU_CUBE * GELU_SCALE, GELU_SCALE));
    var gate = code.fma(VectorExponentials.tanh(code, inner), 0.5, 0.5);
    return code.mul(bounded(code, x), gate);
  }

  static Expression geluTanhSlope(Expression x) {
    var within = x.bounded();
    var square = within.mul(within);
    var wave = within.mul(square.mul(GELU_CUBE * GELU_SCALE).add(GELU_SCALE)).tanh();
    var innerSlope = square.mul(3 * GELU_CUBE * GELU_SCALE).add(GELU_SCALE);
    var steepness = constant(1).sub(wave.mul(wave)).mul(0.5);
    return steepness.mul(within).mul(innerSlope).add(wave.add(1).mul(0.5));
  }
}
