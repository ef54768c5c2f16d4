package dev.gatun.kernels.pointwise;

import static dev.gatun.kernels.pointwise.Expression.binary;
import static dev.gatun.kernels.pointwise.Expression.constant;
import static dev.gatun.kernels.pointwise.Expression.select;
import static dev.gatun.kernels.pointwise.Expression.unary;

/** Arithmetic, comparisons and logic on expressions. Names and meaning are PyTorch's. */
public sealed interface ArithmeticFormulas permits Expression {

  /** This expression. */
  Expression self();

  /** {@code -self}. */
  default Expression neg() {
    return unary(UnaryOperation.NEG, self());
  }

  /** The absolute value; its derivative at 0 is 0. */
  default Expression abs() {
    return unary(UnaryOperation.ABS, self());
  }

  /** -1, 0 or 1; 0 for NaN. */
  default Expression sign() {
    return unary(UnaryOperation.SIGN, self());
  }

  /** The square root; its derivative at 0 is infinite. */
  default Expression sqrt() {
    return unary(UnaryOperation.SQRT, self());
  }

  /** {@code 1 / sqrt(self)}. */
  default Expression rsqrt() {
    return unary(UnaryOperation.RSQRT, self());
  }

  /** {@code 1 / self}. */
  default Expression reciprocal() {
    return unary(UnaryOperation.RECIPROCAL, self());
  }

  /** The exponential. */
  default Expression exp() {
    return unary(UnaryOperation.EXP, self());
  }

  /** {@code exp(self) - 1}, exact near 0. */
  default Expression expm1() {
    return unary(UnaryOperation.EXPM1, self());
  }

  /** The natural logarithm. */
  default Expression log() {
    return unary(UnaryOperation.LOG, self());
  }

  /** {@code log(1 + self)}, exact near 0. */
  default Expression log1p() {
    return unary(UnaryOperation.LOG1P, self());
  }

  /** The sine, of radians. */
  default Expression sin() {
    return unary(UnaryOperation.SIN, self());
  }

  /** The cosine, of radians. */
  default Expression cos() {
    return unary(UnaryOperation.COS, self());
  }

  /** The tangent, of radians. */
  default Expression tan() {
    return unary(UnaryOperation.TAN, self());
  }

  /** The inverse sine, in radians. */
  default Expression asin() {
    return unary(UnaryOperation.ASIN, self());
  }

  /** The inverse cosine, in radians. */
  default Expression acos() {
    return unary(UnaryOperation.ACOS, self());
  }

  /** The inverse tangent, in radians. */
  default Expression atan() {
    return unary(UnaryOperation.ATAN, self());
  }

  /** The hyperbolic sine. */
  default Expression sinh() {
    return unary(UnaryOperation.SINH, self());
  }

  /** The hyperbolic cosine. */
  default Expression cosh() {
    return unary(UnaryOperation.COSH, self());
  }

  /** The hyperbolic tangent. */
  default Expression tanh() {
    return unary(UnaryOperation.TANH, self());
  }

  /** The error function. */
  default Expression erf() {
    return unary(UnaryOperation.ERF, self());
  }

  /** The largest integer not above this. */
  default Expression floor() {
    return unary(UnaryOperation.FLOOR, self());
  }

  /** The smallest integer not below this. */
  default Expression ceil() {
    return unary(UnaryOperation.CEIL, self());
  }

  /** The nearest integer, halves to even. */
  default Expression round() {
    return unary(UnaryOperation.ROUND, self());
  }

  /** The nearest integer towards zero. */
  default Expression trunc() {
    return unary(UnaryOperation.TRUNC, self());
  }

  /** 1 where this is NaN. */
  default Expression isNaN() {
    return unary(UnaryOperation.IS_NAN, self());
  }

  /** 1 where this is 0. */
  default Expression logicalNot() {
    return unary(UnaryOperation.LOGICAL_NOT, self());
  }

  /** All bits flipped; integer programs only. */
  default Expression bitwiseNot() {
    return unary(UnaryOperation.BITWISE_NOT, self());
  }

  /** {@code self + y}. */
  default Expression add(Expression y) {
    return binary(BinaryOperation.ADD, self(), y);
  }

  /** {@code add} with a constant. */
  default Expression add(double y) {
    return add(constant(y));
  }

  /** {@code self - y}. */
  default Expression sub(Expression y) {
    return binary(BinaryOperation.SUB, self(), y);
  }

  /** {@code sub} with a constant. */
  default Expression sub(double y) {
    return sub(constant(y));
  }

  /** {@code self * y}. */
  default Expression mul(Expression y) {
    return binary(BinaryOperation.MUL, self(), y);
  }

  /** {@code mul} with a constant. */
  default Expression mul(double y) {
    return mul(constant(y));
  }

  /** {@code self / y}; integers are cut towards zero. */
  default Expression div(Expression y) {
    return binary(BinaryOperation.DIV, self(), y);
  }

  /** {@code div} with a constant. */
  default Expression div(double y) {
    return div(constant(y));
  }

  /** {@code floor(self / y)}. */
  default Expression floorDivide(Expression y) {
    return binary(BinaryOperation.FLOOR_DIV, self(), y);
  }

  /** {@code floorDivide} with a constant. */
  default Expression floorDivide(double y) {
    return floorDivide(constant(y));
  }

  /** What floor division leaves; the sign is that of {@code y}. */
  default Expression remainder(Expression y) {
    return binary(BinaryOperation.REMAINDER, self(), y);
  }

  /** {@code remainder} with a constant. */
  default Expression remainder(double y) {
    return remainder(constant(y));
  }

  /** What truncated division leaves; the sign is that of this. */
  default Expression fmod(Expression y) {
    return binary(BinaryOperation.FMOD, self(), y);
  }

  /** {@code fmod} with a constant. */
  default Expression fmod(double y) {
    return fmod(constant(y));
  }

  /** The smaller of both, NaN when either is. */
  default Expression minimum(Expression y) {
    return binary(BinaryOperation.MIN, self(), y);
  }

  /** {@code minimum} with a constant. */
  default Expression minimum(double y) {
    return minimum(constant(y));
  }

  /** The larger of both, NaN when either is. */
  default Expression maximum(Expression y) {
    return binary(BinaryOperation.MAX, self(), y);
  }

  /** {@code maximum} with a constant. */
  default Expression maximum(double y) {
    return maximum(constant(y));
  }

  /** This to the power {@code y}. */
  default Expression pow(Expression y) {
    return binary(BinaryOperation.POW, self(), y);
  }

  /** {@code pow} with a constant. */
  default Expression pow(double y) {
    return pow(constant(y));
  }

  /** The angle of the point {@code (x, self)}. */
  default Expression atan2(Expression x) {
    return binary(BinaryOperation.ATAN2, self(), x);
  }

  /** 1 where equal. */
  default Expression eq(Expression y) {
    return binary(BinaryOperation.EQ, self(), y);
  }

  /** {@code eq} with a constant. */
  default Expression eq(double y) {
    return eq(constant(y));
  }

  /** 1 where different. */
  default Expression ne(Expression y) {
    return binary(BinaryOperation.NE, self(), y);
  }

  /** {@code ne} with a constant. */
  default Expression ne(double y) {
    return ne(constant(y));
  }

  /** 1 where below. */
  default Expression lt(Expression y) {
    return binary(BinaryOperation.LT, self(), y);
  }

  /** {@code lt} with a constant. */
  default Expression lt(double y) {
    return lt(constant(y));
  }

  /** 1 where below or equal. */
  default Expression le(Expression y) {
    return binary(BinaryOperation.LE, self(), y);
  }

  /** {@code le} with a constant. */
  default Expression le(double y) {
    return le(constant(y));
  }

  /** 1 where above. */
  default Expression gt(Expression y) {
    return binary(BinaryOperation.GT, self(), y);
  }

  /** {@code gt} with a constant. */
  default Expression gt(double y) {
    return gt(constant(y));
  }

  /** 1 where above or equal. */
  default Expression ge(Expression y) {
    return binary(BinaryOperation.GE, self(), y);
  }

  /** {@code ge} with a constant. */
  default Expression ge(double y) {
    return ge(constant(y));
  }

  /** 1 where both are true. */
  default Expression logicalAnd(Expression y) {
    return binary(BinaryOperation.LOGICAL_AND, self(), y);
  }

  /** 1 where either is true. */
  default Expression logicalOr(Expression y) {
    return binary(BinaryOperation.LOGICAL_OR, self(), y);
  }

  /** 1 where exactly one is true. */
  default Expression logicalXor(Expression y) {
    return binary(BinaryOperation.LOGICAL_XOR, self(), y);
  }

  /** The common bits; integer programs only. */
  default Expression bitwiseAnd(Expression y) {
    return binary(BinaryOperation.BITWISE_AND, self(), y);
  }

  /** The bits of either; integer programs only. */
  default Expression bitwiseOr(Expression y) {
    return binary(BinaryOperation.BITWISE_OR, self(), y);
  }

  /** The bits of exactly one; integer programs only. */
  default Expression bitwiseXor(Expression y) {
    return binary(BinaryOperation.BITWISE_XOR, self(), y);
  }

  /** Shifted left; 0 when the count is negative or not below the width. */
  default Expression shiftLeft(Expression y) {
    return binary(BinaryOperation.SHIFT_LEFT, self(), y);
  }

  /** Shifted right, keeping the sign. */
  default Expression shiftRight(Expression y) {
    return binary(BinaryOperation.SHIFT_RIGHT, self(), y);
  }

  /** {@code self * y + z} with one rounding. */
  default Expression fma(Expression y, Expression z) {
    return Expression.ternary(TernaryOperation.FMA, self(), y, z);
  }

  /** The point between this and {@code end} at a weight, counted from the nearer of the two. */
  default Expression lerp(Expression end, Expression weight) {
    return Expression.ternary(TernaryOperation.LERP, self(), end, weight);
  }

  /** {@code self * self}. */
  default Expression square() {
    return self().mul(self());
  }

  /** The fraction {@code self - trunc(self)}; it keeps the sign. */
  default Expression frac() {
    return self().sub(self().trunc());
  }

  /** 1 where this is infinite; integers never are. */
  default Expression isInfinite() {
    return self().eq(self()).logicalAnd(self().sub(self()).ne(0));
  }

  /** 1 where this is neither infinite nor NaN; integers always are. */
  default Expression isFinite() {
    return self().sub(self()).eq(0);
  }

  /**
   * {@code self * log(y)}, and 0, not -0, where this is 0 and {@code y} is not NaN. Its slope there
   * is that of the product wherever the logarithm is a number, else 0.
   */
  default Expression xlogy(Expression y) {
    var noLogarithm = y.le(0).logicalOr(y.eq(Double.POSITIVE_INFINITY));
    // The logarithm of another number, since slopes are factors, and 0 times NaN is NaN.
    var logarithm = select(self().eq(0).logicalAnd(noLogarithm), constant(1), y).log();
    // To add 0 makes 0 of -0, and to add -0 changes nothing.
    return self().fma(logarithm, select(self().eq(0), 0.0, -0.0));
  }

  /** {@code log(exp(self) + exp(y))} without overflow. */
  default Expression logAddExp(Expression y) {
    return binary(BinaryOperation.LOG_ADD_EXP, self(), y);
  }

  /**
   * This limited to {@code [low, high]}; {@code high} wins when the limits cross. NaN stays NaN.
   * The gradient reaches an element on a limit.
   */
  default Expression clamp(Expression low, Expression high) {
    return clampMin(low).clampMax(high);
  }

  /** {@code clamp(low, high)} with constants. */
  default Expression clamp(double low, double high) {
    return clamp(constant(low), constant(high));
  }

  /**
   * As {@link #clamp}, but NaN where a limit is, and for limits that gradients flow to: to those
   * that an element is beyond, where the limits are apart.
   */
  default Expression clampWithin(Expression low, Expression high) {
    return Expression.ternary(TernaryOperation.CLAMP, self(), low, high);
  }

  /** This, or {@code low} where this is below it. */
  default Expression clampMin(Expression low) {
    return select(self().lt(low), low, self());
  }

  /** This, or {@code high} where this is above it. */
  default Expression clampMax(Expression high) {
    return select(self().gt(high), high, self());
  }
}
