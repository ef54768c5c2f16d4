package dev.gatun.kernels.pointwise;

import static dev.gatun.kernels.pointwise.Expression.binary;
import static dev.gatun.kernels.pointwise.Expression.constant;
import static dev.gatun.kernels.pointwise.Expression.select;
import static dev.gatun.kernels.pointwise.Expression.unary;

/** Functions beyond arithmetic on expressions. Names and meaning are PyTorch's. */
public sealed interface SpecialFormulas permits Expression {

  /** This expression. */
  Expression self();

  /** 2 to the power of this. */
  default Expression exp2() {
    return unary(UnaryOperation.EXP2, self());
  }

  /** The logarithm to base 2, exact for powers of 2. */
  default Expression log2() {
    return unary(UnaryOperation.LOG2, self());
  }

  /** The logarithm to base 10. */
  default Expression log10() {
    return unary(UnaryOperation.LOG10, self());
  }

  /** The inverse hyperbolic sine. */
  default Expression asinh() {
    return unary(UnaryOperation.ASINH, self());
  }

  /** The inverse hyperbolic cosine; NaN below 1. */
  default Expression acosh() {
    return unary(UnaryOperation.ACOSH, self());
  }

  /** The inverse hyperbolic tangent; NaN beyond 1 and -1. */
  default Expression atanh() {
    return unary(UnaryOperation.ATANH, self());
  }

  /** {@code 1 - erf(self)}, without cancellation. */
  default Expression erfc() {
    return unary(UnaryOperation.ERFC, self());
  }

  /** The inverse of the error function; NaN beyond 1 and -1. */
  default Expression erfinv() {
    return unary(UnaryOperation.ERFINV, self());
  }

  /** The logarithm of the magnitude of the gamma function. */
  default Expression lgamma() {
    return unary(UnaryOperation.LGAMMA, self());
  }

  /** The derivative of {@link #lgamma}. */
  default Expression digamma() {
    return unary(UnaryOperation.DIGAMMA, self());
  }

  /** The derivative of {@link #digamma} of an order. */
  default Expression polygamma(double order) {
    return binary(BinaryOperation.POLYGAMMA, constant(order), self());
  }

  /** 1 where the sign is set, that of a negative zero included. */
  default Expression signBit() {
    return unary(UnaryOperation.SIGN_BIT, self());
  }

  /** The magnitude of this with the sign of {@code sign}. */
  default Expression copySign(Expression sign) {
    var magnitude = self().abs();
    return select(sign.signBit(), magnitude.neg(), magnitude);
  }

  /** {@code sqrt(self^2 + y^2)}, without overflow. */
  default Expression hypot(Expression y) {
    return binary(BinaryOperation.HYPOT, self(), y);
  }

  /** {@code log2(2^self + 2^y)}, without overflow. */
  default Expression logAddExp2(Expression y) {
    return binary(BinaryOperation.LOG_ADD_EXP2, self(), y);
  }

  /** {@code sin(pi * self) / (pi * self)}, and 1 at 0, where the derivative is 0. */
  default Expression sinc() {
    return unary(UnaryOperation.SINC, self());
  }

  /** 0 below 0, 1 above it, and {@code atZero} at 0; 0 for NaN. */
  default Expression heaviside(Expression atZero) {
    return select(self().eq(0), atZero, self().gt(0));
  }

  /** {@code alpha * (exp(self / alpha) - 1)} where this is not positive, else this. */
  default Expression celu(Expression alpha) {
    var nonPositive = select(self().gt(0), constant(0), self());
    return select(self().gt(0), self(), nonPositive.mul(constant(1).div(alpha)).expm1().mul(alpha));
  }

  /** This where its magnitude exceeds {@code lambda}, 0 elsewhere. */
  default Expression hardshrink(Expression lambda) {
    return select(self().abs().le(lambda), constant(0), self());
  }

  /** This moved towards 0 by {@code lambda}, and 0 where it would cross. NaN stays. */
  default Expression softshrink(Expression lambda) {
    var nothing = select(self().isNaN(), self(), constant(0));
    return select(
        self().gt(lambda),
        self().sub(lambda),
        select(self().lt(lambda.neg()), self().add(lambda), nothing));
  }

  /** This where it exceeds {@code threshold}, {@code value} elsewhere. */
  default Expression threshold(Expression threshold, Expression value) {
    return select(self().le(threshold), value, self());
  }
}
