package dev.gatun.autograd;

import dev.gatun.kernels.pointwise.Expression;

/**
 * Division with a whole quotient, and its remainders, element by element.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface Division {
  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  /** The quotient rounded down, element by element. */
  PointwiseOp FLOOR_DIVIDE =
      PointwiseOp.binary("floor_divide", Expression::floorDivide)
          .typed(TypeRule.NUMERIC)
          .on(PointwiseDomain.POSITIVE)
          .withoutGradient("it is constant but for jumps");

  /**
   * The quotient rounded down, element by element.
   *
   * @param other the other operand; the shapes broadcast
   * @return a new tensor of the common shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor floorDivide(Tensor other) {
    return FLOOR_DIVIDE.apply(self(), other);
  }

  /**
   * As {@link #floorDivide(Tensor)}, with a scalar. A floating-point scalar makes an integral
   * tensor's result float32.
   *
   * @param other the scalar operand
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor floorDivide(double other) {
    return Scalars.right(FLOOR_DIVIDE, self(), other);
  }

  /**
   * As {@link #floorDivide(Tensor)}, with a scalar. An integral scalar leaves the type as it is.
   *
   * @param other the scalar operand
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor floorDivide(long other) {
    return Scalars.right(FLOOR_DIVIDE, self(), other);
  }

  /**
   * As {@link #floorDivide(Tensor)}, in place.
   *
   * @param other the other operand; broadcasts to this shape
   * @return this tensor
   * @throws dev.gatun.memory.ShapeException when the other operand does not broadcast to this shape
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor floorDivide_(Tensor other) {
    return FLOOR_DIVIDE.applyInPlace(new Tensor[] {self(), other}, 0, 0);
  }

  /**
   * As {@link #floorDivide(double)}, in place.
   *
   * @param other the scalar operand
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor floorDivide_(double other) {
    return Scalars.rightInPlace(FLOOR_DIVIDE, self(), other);
  }

  /**
   * As {@link #floorDivide(Tensor)}, into a given tensor.
   *
   * @param other the other operand
   * @param out the tensor to write, of the common shape; may be an operand
   * @return {@code out}
   */
  default Tensor floorDivideOut(Tensor other, Tensor out) {
    return FLOOR_DIVIDE.applyOut(out, new Tensor[] {self(), other}, 0, 0);
  }

  /** The remainder with the sign of the divisor, element by element. */
  PointwiseOp REMAINDER =
      PointwiseOp.binary("remainder", Expression::remainder)
          .typed(TypeRule.NUMERIC)
          .on(PointwiseDomain.POSITIVE);

  /**
   * The remainder with the sign of the divisor, element by element.
   *
   * @param other the other operand; the shapes broadcast
   * @return a new tensor of the common shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor remainder(Tensor other) {
    return REMAINDER.apply(self(), other);
  }

  /**
   * As {@link #remainder(Tensor)}, with a scalar. A floating-point scalar makes an integral
   * tensor's result float32.
   *
   * @param other the scalar operand
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor remainder(double other) {
    return Scalars.right(REMAINDER, self(), other);
  }

  /**
   * As {@link #remainder(Tensor)}, with a scalar. An integral scalar leaves the type as it is.
   *
   * @param other the scalar operand
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor remainder(long other) {
    return Scalars.right(REMAINDER, self(), other);
  }

  /**
   * As {@link #remainder(Tensor)}, in place.
   *
   * @param other the other operand; broadcasts to this shape
   * @return this tensor
   * @throws dev.gatun.memory.ShapeException when the other operand does not broadcast to this shape
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor remainder_(Tensor other) {
    return REMAINDER.applyInPlace(new Tensor[] {self(), other}, 0, 0);
  }

  /**
   * As {@link #remainder(double)}, in place.
   *
   * @param other the scalar operand
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor remainder_(double other) {
    return Scalars.rightInPlace(REMAINDER, self(), other);
  }

  /**
   * As {@link #remainder(Tensor)}, into a given tensor.
   *
   * @param other the other operand
   * @param out the tensor to write, of the common shape; may be an operand
   * @return {@code out}
   */
  default Tensor remainderOut(Tensor other, Tensor out) {
    return REMAINDER.applyOut(out, new Tensor[] {self(), other}, 0, 0);
  }

  /** The remainder with the sign of the dividend, element by element. */
  PointwiseOp FMOD =
      PointwiseOp.binary("fmod", Expression::fmod)
          .typed(TypeRule.NUMERIC)
          .on(PointwiseDomain.POSITIVE);

  /**
   * The remainder with the sign of the dividend, element by element.
   *
   * @param other the other operand; the shapes broadcast
   * @return a new tensor of the common shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor fmod(Tensor other) {
    return FMOD.apply(self(), other);
  }

  /**
   * As {@link #fmod(Tensor)}, with a scalar. A floating-point scalar makes an integral tensor's
   * result float32.
   *
   * @param other the scalar operand
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor fmod(double other) {
    return Scalars.right(FMOD, self(), other);
  }

  /**
   * As {@link #fmod(Tensor)}, with a scalar. An integral scalar leaves the type as it is.
   *
   * @param other the scalar operand
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor fmod(long other) {
    return Scalars.right(FMOD, self(), other);
  }

  /**
   * As {@link #fmod(Tensor)}, in place.
   *
   * @param other the other operand; broadcasts to this shape
   * @return this tensor
   * @throws dev.gatun.memory.ShapeException when the other operand does not broadcast to this shape
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor fmod_(Tensor other) {
    return FMOD.applyInPlace(new Tensor[] {self(), other}, 0, 0);
  }

  /**
   * As {@link #fmod(double)}, in place.
   *
   * @param other the scalar operand
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor fmod_(double other) {
    return Scalars.rightInPlace(FMOD, self(), other);
  }

  /**
   * As {@link #fmod(Tensor)}, into a given tensor.
   *
   * @param other the other operand
   * @param out the tensor to write, of the common shape; may be an operand
   * @return {@code out}
   */
  default Tensor fmodOut(Tensor other, Tensor out) {
    return FMOD.applyOut(out, new Tensor[] {self(), other}, 0, 0);
  }
}
