package dev.gatun.autograd;

import dev.gatun.kernels.pointwise.Expression;

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
}
