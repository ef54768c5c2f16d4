package dev.gatun.kernels.pointwise;

import static dev.gatun.kernels.pointwise.Expression.constant;
import static dev.gatun.kernels.pointwise.Expression.select;
import static dev.gatun.kernels.pointwise.Expression.unary;

/**
 * Activation functions as formulas. Values and derivatives are finite wherever the function has a
 * limit: a product of an infinite and a vanishing factor is kept from turning into NaN by bounding
 * the first.
 */
public sealed interface ActivationFormulas permits Expression {

  /** Beyond this magnitude every gate is 0 or 1, and a third power is still finite in float. */
  double FAR = 1e10;

  /** This expression. */
  Expression self();

  /** {@code max(self, 0)}; the derivative at 0 is 0. NaN and a negative zero stay. */
  default Expression relu() {
    return unary(UnaryOperation.RELU, self());
  }

  /** {@code min(max(self, 0), 6)}; the derivative at 0 and 6 is 0. */
  default Expression relu6() {
    return hardtanh(0, 6);
  }

  /** This above 0, {@code slope * self} elsewhere. */
  default Expression leakyRelu(double slope) {
    return prelu(constant(slope));
  }

  /** This above 0, {@code slope * self} elsewhere, with a slope that may be learned. */
  default Expression prelu(Expression slope) {
    return select(self().gt(0), self(), self().mul(slope));
  }

  /** {@code 1 / (1 + exp(-self))}. */
  default Expression sigmoid() {
    return unary(UnaryOperation.SIGMOID, self());
  }

  /** {@code log(sigmoid(self))} without overflow. */
  default Expression logSigmoid() {
    return constant(0).sub(self().neg().softplus());
  }

  /** {@code log(1 + exp(self))} without overflow. */
  default Expression softplus() {
    return unary(UnaryOperation.SOFTPLUS, self());
  }

  /**
   * {@code log(1 + exp(beta * self)) / beta}, and this itself where {@code beta * self} exceeds the
   * threshold.
   */
  default Expression softplus(double beta, double threshold) {
    var scaled = self().mul(beta);
    return select(scaled.gt(threshold), self(), scaled.softplus().div(beta));
  }

  /** {@code self / (1 + |self|)}. */
  default Expression softsign() {
    var x = self().clamp(-1e30, 1e30);
    return x.div(x.abs().add(1));
  }

  /** {@code self * sigmoid(self)}, also called swish. */
  default Expression silu() {
    return unary(UnaryOperation.SILU, self());
  }

  /** {@code self * tanh(softplus(self))}. */
  default Expression mish() {
    return unary(UnaryOperation.MISH, self());
  }

  /** {@code self * (1 + erf(self / sqrt(2))) / 2}. */
  default Expression gelu() {
    return unary(UnaryOperation.GELU, self());
  }

  /** The standard normal distribution's share below this: {@code (1 + erf(self / sqrt(2))) / 2}. */
  default Expression ndtr() {
    return unary(UnaryOperation.NDTR, self());
  }

  /** {@code exp(-self^2 / 2) / sqrt(2 pi)}. */
  default Expression normalDensity() {
    return self().mul(self()).mul(-0.5).exp().mul(1 / Math.sqrt(2 * Math.PI));
  }

  /** GELU by its tanh approximation. */
  default Expression geluTanh() {
    return unary(UnaryOperation.GELU_TANH, self());
  }

  /** This above 0, {@code alpha * (exp(self) - 1)} elsewhere, where its slope at 0 is, too. */
  default Expression elu(Expression alpha) {
    return select(self().gt(0), self(), nonPositive().expm1().mul(alpha));
  }

  /** {@code elu} with a constant. */
  default Expression elu(double alpha) {
    return elu(constant(alpha));
  }

  /** {@code elu} with a negative branch of {@code alpha * (exp(self / alpha) - 1)}. */
  default Expression celu(double alpha) {
    return self().celu(constant(alpha));
  }

  /** The self-normalising {@code elu} with fixed scale and alpha. */
  default Expression selu() {
    return self().elu(1.6732632423543772).mul(1.0507009873554805);
  }

  /** This limited to {@code [low, high]}; the derivative is 0 on the limits. */
  default Expression hardtanh(Expression low, Expression high) {
    return Expression.ternary(TernaryOperation.HARDTANH, self(), low, high);
  }

  /** {@link #hardtanh(Expression, Expression)} with constants. */
  default Expression hardtanh(double low, double high) {
    return hardtanh(constant(low), constant(high));
  }

  /** {@code relu6(self + 3) / 6}. */
  default Expression hardsigmoid() {
    return self().add(3).relu6().div(6);
  }

  /** {@code self * relu6(self + 3) / 6}. */
  default Expression hardswish() {
    return unary(UnaryOperation.HARDSWISH, self());
  }

  /** {@code self - tanh(self)}. */
  default Expression tanhshrink() {
    return self().sub(self().tanh());
  }

  /** This where its magnitude exceeds {@code lambda}, 0 elsewhere. */
  default Expression hardshrink(double lambda) {
    return self().hardshrink(constant(lambda));
  }

  /** This moved towards 0 by {@code lambda}, and 0 where it would cross. */
  default Expression softshrink(double lambda) {
    return self().softshrink(constant(lambda));
  }

  /** This where it exceeds {@code threshold}, {@code value} elsewhere. */
  default Expression threshold(double threshold, double value) {
    return self().threshold(constant(threshold), constant(value));
  }

  private Expression nonPositive() {
    return select(self().gt(0), constant(0), self());
  }

  /** This limited to magnitudes that go through products with what vanishes. */
  default Expression bounded() {
    return self().clamp(-FAR, FAR);
  }
}
