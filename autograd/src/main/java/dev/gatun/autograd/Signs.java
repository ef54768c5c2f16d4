package dev.gatun.autograd;

import dev.gatun.kernels.pointwise.Expression;

/**
 * Signs, fractions, and numbers that are none, element by element.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface Signs {
  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  /** The magnitude of x with the sign of y, element by element. */
  PointwiseOp COPYSIGN = PointwiseOp.binary("copysign", Expression::copySign);

  /**
   * The magnitude of x with the sign of y, element by element.
   *
   * @param other the other operand; the shapes broadcast
   * @return a new tensor of the common shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor copysign(Tensor other) {
    return COPYSIGN.apply(self(), other);
  }

  /**
   * As {@link #copysign(Tensor)}, with a scalar.
   *
   * @param other the scalar operand
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor copysign(double other) {
    return Scalars.right(COPYSIGN, self(), other);
  }

  /**
   * As {@link #copysign(Tensor)}, in place.
   *
   * @param other the other operand; broadcasts to this shape
   * @return this tensor
   * @throws dev.gatun.memory.ShapeException when the other operand does not broadcast to this shape
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor copysign_(Tensor other) {
    return COPYSIGN.applyInPlace(new Tensor[] {self(), other}, 0, 0);
  }

  /**
   * As {@link #copysign(Tensor)}, into a given tensor.
   *
   * @param other the other operand
   * @param out the tensor to write, of the common shape; may be an operand
   * @return {@code out}
   */
  default Tensor copysignOut(Tensor other, Tensor out) {
    return COPYSIGN.applyOut(out, new Tensor[] {self(), other}, 0, 0);
  }

  /** 0 where x is negative, 1 where it is positive, y where it is 0; 0 for NaN. */
  PointwiseOp HEAVISIDE =
      PointwiseOp.binary("heaviside", Expression::heaviside)
          .typed(TypeRule.PROMOTE)
          .withoutGradient("it is constant but for jumps")
          .pytorch("torch.heaviside(a.to(torch.result_type(a, b)), b.to(torch.result_type(a, b)))");

  /**
   * 0 where x is negative, 1 where it is positive, y where it is 0; 0 for NaN.
   *
   * @param other the other operand; the shapes broadcast
   * @return a new tensor of the common shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor heaviside(Tensor other) {
    return HEAVISIDE.apply(self(), other);
  }

  /**
   * As {@link #heaviside(Tensor)}, in place.
   *
   * @param other the other operand; broadcasts to this shape
   * @return this tensor
   * @throws dev.gatun.memory.ShapeException when the other operand does not broadcast to this shape
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor heaviside_(Tensor other) {
    return HEAVISIDE.applyInPlace(new Tensor[] {self(), other}, 0, 0);
  }

  /**
   * As {@link #heaviside(Tensor)}, into a given tensor.
   *
   * @param other the other operand
   * @param out the tensor to write, of the common shape; may be an operand
   * @return {@code out}
   */
  default Tensor heavisideOut(Tensor other, Tensor out) {
    return HEAVISIDE.applyOut(out, new Tensor[] {self(), other}, 0, 0);
  }

  /** Whether each element is negative, a negative zero included. */
  PointwiseOp SIGNBIT = PointwiseOp.unary("signbit", Expression::signBit).typed(TypeRule.PREDICATE);

  /**
   * Whether each element is negative, a negative zero included.
   *
   * @return a new bool tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor signbit() {
    return SIGNBIT.apply(self());
  }

  /**
   * As {@link #signbit()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor signbitOut(Tensor out) {
    return SIGNBIT.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** Whether each element is positive infinity. */
  PointwiseOp ISPOSINF =
      PointwiseOp.unary("isposinf", x -> x.isInfinite().logicalAnd(x.gt(0)))
          .typed(TypeRule.PREDICATE);

  /**
   * Whether each element is positive infinity.
   *
   * @return a new bool tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor isposinf() {
    return ISPOSINF.apply(self());
  }

  /**
   * As {@link #isposinf()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor isposinfOut(Tensor out) {
    return ISPOSINF.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** Whether each element is negative infinity. */
  PointwiseOp ISNEGINF =
      PointwiseOp.unary("isneginf", x -> x.isInfinite().logicalAnd(x.lt(0)))
          .typed(TypeRule.PREDICATE);

  /**
   * Whether each element is negative infinity.
   *
   * @return a new bool tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor isneginf() {
    return ISNEGINF.apply(self());
  }

  /**
   * As {@link #isneginf()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor isneginfOut(Tensor out) {
    return ISNEGINF.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** The fraction of each element, with its sign. */
  PointwiseOp FRAC = PointwiseOp.unary("frac", Expression::frac).typed(TypeRule.FLOATING_OPERANDS);

  /**
   * The fraction of each element, with its sign.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor frac() {
    return FRAC.apply(self());
  }

  /**
   * As {@link #frac()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor frac_() {
    return FRAC.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #frac()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor fracOut(Tensor out) {
    return FRAC.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** The elements with numbers in place of NaN and infinities. */
  PointwiseOp NAN_TO_NUM =
      PointwiseOp.unary(
              "nan_to_num",
              x ->
                  Expression.select(
                      x.isNaN(),
                      Expression.parameter(0),
                      Expression.select(
                          x.isInfinite(),
                          Expression.select(
                              x.gt(0), Expression.parameter(1), Expression.parameter(1).neg()),
                          x)))
          .typed(TypeRule.PROMOTE)
          .pytorch("torch.nan_to_num(a, float(p), float(q), -float(q))");

  /**
   * Puts numbers in place of NaN and infinities. Integers and truth values stay as they are.
   *
   * @param nan what takes the place of NaN
   * @param bound what takes the place of positive infinity, and negated that of negative infinity
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Tensor nanToNum(double nan, double bound) {
    return NAN_TO_NUM.apply(self(), nan, bound);
  }

  /**
   * As {@link #nanToNum(double, double)}, in place.
   *
   * @param nan what takes the place of NaN
   * @param bound what takes the place of positive infinity, and negated that of negative infinity
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor nanToNum_(double nan, double bound) {
    return NAN_TO_NUM.applyInPlace(new Tensor[] {self()}, nan, bound);
  }

  /**
   * As {@link #nanToNum(double, double)}, into a given tensor.
   *
   * @param nan what takes the place of NaN
   * @param bound what takes the place of positive infinity, and negated that of negative infinity
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor nanToNumOut(double nan, double bound, Tensor out) {
    return NAN_TO_NUM.applyOut(out, new Tensor[] {self()}, nan, bound);
  }

  /**
   * Puts 0 in place of NaN, and the largest and the smallest number of the type in place of
   * infinities.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Tensor nanToNum() {
    return nanToNum(0, largest(self()));
  }

  /**
   * As {@link #nanToNum()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor nanToNum_() {
    return nanToNum_(0, largest(self()));
  }

  private static double largest(Tensor x) {
    return switch (x.dtype()) {
      case FLOAT64 -> Double.MAX_VALUE;
      case FLOAT16 -> 65504;
      case BFLOAT16 -> 0x1.fep127;
      default -> Float.MAX_VALUE;
    };
  }

  /**
   * The sign of each element, as {@link Extrema#sign}; PyTorch's name for numbers that may be
   * complex.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Tensor sgn() {
    return self().openFor("sgn").sign();
  }

  /**
   * As {@link #sgn()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor sgn_() {
    return self().openFor("sgn_").sign_();
  }

  /**
   * As {@link #sgn()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor sgnOut(Tensor out) {
    return self().openFor("sgn").signOut(out.openFor("sgn"));
  }
}
