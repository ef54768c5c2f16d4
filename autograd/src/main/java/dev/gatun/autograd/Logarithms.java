package dev.gatun.autograd;

import dev.gatun.kernels.pointwise.Expression;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;

/**
 * Logarithms and powers to other bases, and logarithms of sums, element by element.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface Logarithms {
  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  /** 2 to the power of each element. */
  PointwiseOp EXP2 = PointwiseOp.unary("exp2", Expression::exp2);

  /**
   * 2 to the power of each element.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor exp2() {
    return EXP2.apply(self());
  }

  /**
   * As {@link #exp2()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor exp2_() {
    return EXP2.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #exp2()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor exp2Out(Tensor out) {
    return EXP2.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** The logarithm of each element to base 2, exact for powers of 2. */
  PointwiseOp LOG2 = PointwiseOp.unary("log2", Expression::log2).on(PointwiseDomain.POSITIVE);

  /**
   * The logarithm of each element to base 2, exact for powers of 2.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor log2() {
    return LOG2.apply(self());
  }

  /**
   * As {@link #log2()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor log2_() {
    return LOG2.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #log2()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor log2Out(Tensor out) {
    return LOG2.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** The logarithm of each element to base 10. */
  PointwiseOp LOG10 = PointwiseOp.unary("log10", Expression::log10).on(PointwiseDomain.POSITIVE);

  /**
   * The logarithm of each element to base 10.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor log10() {
    return LOG10.apply(self());
  }

  /**
   * As {@link #log10()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor log10_() {
    return LOG10.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #log10()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor log10Out(Tensor out) {
    return LOG10.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** log(exp(x) + exp(y)), element by element, without overflow. */
  PointwiseOp LOGADDEXP =
      PointwiseOp.binary("logaddexp", Expression::logAddExp).typed(TypeRule.FLOATING_OPERANDS);

  /**
   * log(exp(x) + exp(y)), element by element, without overflow.
   *
   * @param other the other operand; the shapes broadcast
   * @return a new tensor of the common shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor logaddexp(Tensor other) {
    return LOGADDEXP.apply(self(), other);
  }

  /**
   * As {@link #logaddexp(Tensor)}, into a given tensor.
   *
   * @param other the other operand
   * @param out the tensor to write, of the common shape; may be an operand
   * @return {@code out}
   */
  default Tensor logaddexpOut(Tensor other, Tensor out) {
    return LOGADDEXP.applyOut(out, new Tensor[] {self(), other}, 0, 0);
  }

  /** log2(2^x + 2^y), element by element, without overflow. */
  PointwiseOp LOGADDEXP2 =
      PointwiseOp.binary("logaddexp2", Expression::logAddExp2).typed(TypeRule.FLOATING_OPERANDS);

  /**
   * log2(2^x + 2^y), element by element, without overflow.
   *
   * @param other the other operand; the shapes broadcast
   * @return a new tensor of the common shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor logaddexp2(Tensor other) {
    return LOGADDEXP2.apply(self(), other);
  }

  /**
   * As {@link #logaddexp2(Tensor)}, into a given tensor.
   *
   * @param other the other operand
   * @param out the tensor to write, of the common shape; may be an operand
   * @return {@code out}
   */
  default Tensor logaddexp2Out(Tensor other, Tensor out) {
    return LOGADDEXP2.applyOut(out, new Tensor[] {self(), other}, 0, 0);
  }

  /** x log(y), element by element, and 0 where x is 0 and y is not NaN. */
  PointwiseOp XLOGY = PointwiseOp.binary("xlogy", Expression::xlogy).on(PointwiseDomain.POSITIVE);

  /**
   * x log(y), element by element, and 0 where x is 0 and y is not NaN.
   *
   * @param other the other operand; the shapes broadcast
   * @return a new tensor of the common shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor xlogy(Tensor other) {
    return XLOGY.apply(self(), other);
  }

  /**
   * As {@link #xlogy(Tensor)}, with a scalar.
   *
   * @param other the scalar operand
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor xlogy(double other) {
    return Scalars.right(XLOGY, self(), other);
  }

  /**
   * As {@link #xlogy(Tensor)}, in place.
   *
   * @param other the other operand; broadcasts to this shape
   * @return this tensor
   * @throws dev.gatun.memory.ShapeException when the other operand does not broadcast to this shape
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor xlogy_(Tensor other) {
    return XLOGY.applyInPlace(new Tensor[] {self(), other}, 0, 0);
  }

  /**
   * As {@link #xlogy(Tensor)}, into a given tensor.
   *
   * @param other the other operand
   * @param out the tensor to write, of the common shape; may be an operand
   * @return {@code out}
   */
  default Tensor xlogyOut(Tensor other, Tensor out) {
    return XLOGY.applyOut(out, new Tensor[] {self(), other}, 0, 0);
  }

  /** The logarithm of the odds of each element, which is a probability. */
  PointwiseOp LOGIT =
      PointwiseOp.unary("logit", x -> x.div(Expression.constant(1).sub(x)).log())
          .on(new PointwiseDomain(0.1, 0.9));

  /**
   * The logarithm of the odds, {@code log(x / (1 - x))}, of each element: the inverse of {@link
   * Activations#sigmoid}. NaN outside of 0 to 1, infinite at these.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor logit() {
    return LOGIT.apply(self());
  }

  /**
   * As {@link #logit()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor logit_() {
    return LOGIT.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #logit()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor logitOut(Tensor out) {
    return LOGIT.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #logit()}, of the elements held within {@code eps} and {@code 1 - eps}.
   *
   * @param eps the distance from 0 and 1
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Tensor logit(double eps) {
    return self().openFor("logit").clamp(eps, 1 - eps).logit();
  }

  /**
   * Multiplies each element by a power of 2.
   *
   * @param exponents the exponents; the shapes broadcast
   * @return a new floating-point tensor of the common shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor ldexp(Tensor exponents) {
    return self().openFor("ldexp").mul(exponents.openFor("ldexp").exp2());
  }

  /**
   * Takes each element apart into a fraction and a power of 2. Gradients flow through the fraction.
   *
   * @return the fractions, of this shape and type, and the exponents
   * @throws DTypeException when this tensor is not floating point
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Scaled frexp() {
    Tensor x = self();
    x.checkOpen("frexp");
    if (!x.dtype().isFloatingPoint()) {
      throw new DTypeException("frexp: " + x.describe() + ": the input is floating point");
    }
    Tensor wide = x.to(DType.FLOAT64);
    Tensor exponent;
    try (NoGrad off = NoGrad.open()) {
      Tensor size = wide.detach().abs();
      Tensor ordinary = size.gt(0).logicalAnd(size.isfinite());
      Tensor guess = size.log2().floor().add(1.0).maskedFill(ordinary.logicalNot(), 0);
      // The logarithm of a number next to a power of 2 may be rounded to that of the power.
      Tensor fraction = scaled(size, guess.neg());
      Tensor higher = fraction.ge(1).logicalAnd(ordinary).to(DType.FLOAT64);
      Tensor lower = fraction.lt(0.5).logicalAnd(ordinary).to(DType.FLOAT64);
      exponent = guess.add(higher).sub(lower);
    }
    return new Scaled(scaled(wide, exponent.neg()).to(x.dtype()), exponent.to(DType.INT32));
  }

  /** Multiplies by a power of 2 that may itself be beyond the type. */
  private static Tensor scaled(Tensor x, Tensor exponent) {
    Tensor half = exponent.mul(0.5).floor();
    return x.mul(half.exp2()).mul(exponent.sub(half).exp2());
  }
}
