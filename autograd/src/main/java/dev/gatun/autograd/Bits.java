package dev.gatun.autograd;

import dev.gatun.kernels.pointwise.Expression;
import dev.gatun.memory.DType;

/**
 * Bits of integers, element by element.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface Bits {
  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  /** The bits that are not set in each element. */
  PointwiseOp BITWISE_NOT =
      PointwiseOp.unary("bitwise_not", Expression::bitwiseNot)
          .typed(TypeRule.INTEGRAL)
          .pytorch("torch.bitwise_left_shift(torch.bitwise_not(a), torch.zeros_like(a))");

  /**
   * The bits that are not set in each element; of truth values the opposite.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.DTypeException when this tensor is floating point
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Tensor bitwiseNot() {
    return (self().dtype() == DType.BOOL ? Logic.LOGICAL_NOT : BITWISE_NOT).apply(self());
  }

  /**
   * As {@link #bitwiseNot()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.DTypeException when this tensor is floating point
   * @throws dev.gatun.memory.InPlaceException when the memory cannot be written
   */
  default Tensor bitwiseNot_() {
    PointwiseOp op = self().dtype() == DType.BOOL ? Logic.LOGICAL_NOT : BITWISE_NOT;
    return op.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /** The bits of x moved up by y places, element by element. */
  PointwiseOp BITWISE_LEFT_SHIFT =
      PointwiseOp.binary("bitwise_left_shift", Expression::shiftLeft).typed(TypeRule.INTEGRAL);

  /**
   * The bits of x moved up by y places, element by element; 0 where y is negative or beyond the
   * width.
   *
   * @param other the numbers of places; the shapes broadcast
   * @return a new tensor of the common shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.DTypeException when an operand is no integer
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor bitwiseLeftShift(Tensor other) {
    return BITWISE_LEFT_SHIFT.apply(self(), other);
  }

  /**
   * As {@link #bitwiseLeftShift(Tensor)}, with a scalar.
   *
   * @param other the scalar operand
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor bitwiseLeftShift(long other) {
    return Scalars.right(BITWISE_LEFT_SHIFT, self(), other);
  }

  /**
   * As {@link #bitwiseLeftShift(Tensor)}, in place.
   *
   * @param other the other operand; broadcasts to this shape
   * @return this tensor
   * @throws dev.gatun.memory.ShapeException when the other operand does not broadcast to this shape
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor bitwiseLeftShift_(Tensor other) {
    return BITWISE_LEFT_SHIFT.applyInPlace(new Tensor[] {self(), other}, 0, 0);
  }

  /**
   * As {@link #bitwiseLeftShift(Tensor)}, into a given tensor.
   *
   * @param other the other operand
   * @param out the tensor to write, of the common shape; may be an operand
   * @return {@code out}
   */
  default Tensor bitwiseLeftShiftOut(Tensor other, Tensor out) {
    return BITWISE_LEFT_SHIFT.applyOut(out, new Tensor[] {self(), other}, 0, 0);
  }

  /** The bits of x moved down by y places, element by element. */
  PointwiseOp BITWISE_RIGHT_SHIFT =
      PointwiseOp.binary("bitwise_right_shift", Expression::shiftRight).typed(TypeRule.INTEGRAL);

  /**
   * The bits of x moved down by y places, element by element; the sign alone where y is negative or
   * beyond the width.
   *
   * @param other the numbers of places; the shapes broadcast
   * @return a new tensor of the common shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.DTypeException when an operand is no integer
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor bitwiseRightShift(Tensor other) {
    return BITWISE_RIGHT_SHIFT.apply(self(), other);
  }

  /**
   * As {@link #bitwiseRightShift(Tensor)}, with a scalar.
   *
   * @param other the scalar operand
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor bitwiseRightShift(long other) {
    return Scalars.right(BITWISE_RIGHT_SHIFT, self(), other);
  }

  /**
   * As {@link #bitwiseRightShift(Tensor)}, in place.
   *
   * @param other the other operand; broadcasts to this shape
   * @return this tensor
   * @throws dev.gatun.memory.ShapeException when the other operand does not broadcast to this shape
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor bitwiseRightShift_(Tensor other) {
    return BITWISE_RIGHT_SHIFT.applyInPlace(new Tensor[] {self(), other}, 0, 0);
  }

  /**
   * As {@link #bitwiseRightShift(Tensor)}, into a given tensor.
   *
   * @param other the other operand
   * @param out the tensor to write, of the common shape; may be an operand
   * @return {@code out}
   */
  default Tensor bitwiseRightShiftOut(Tensor other, Tensor out) {
    return BITWISE_RIGHT_SHIFT.applyOut(out, new Tensor[] {self(), other}, 0, 0);
  }
}
