package dev.gatun.autograd;

import dev.gatun.kernels.pointwise.Expression;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;

/**
 * Logic on truth values and bits, and choices by it, element by element.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface Logic {
  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  /** Whether both elements differ from zero. */
  PointwiseOp LOGICAL_AND =
      PointwiseOp.binary("logical_and", Expression::logicalAnd).typed(TypeRule.PREDICATE);

  /**
   * Whether both elements differ from zero.
   *
   * @param other the other operand; the shapes broadcast
   * @return a new tensor of the common shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor logicalAnd(Tensor other) {
    return LOGICAL_AND.apply(self(), other);
  }

  /**
   * As {@link #logicalAnd(Tensor)}, in place.
   *
   * @param other the other operand; broadcasts to this shape
   * @return this tensor
   * @throws dev.gatun.memory.ShapeException when the other operand does not broadcast to this shape
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor logicalAnd_(Tensor other) {
    return LOGICAL_AND.applyInPlace(new Tensor[] {self(), other}, 0, 0);
  }

  /**
   * As {@link #logicalAnd(Tensor)}, into a given tensor.
   *
   * @param other the other operand
   * @param out the tensor to write, of the common shape; may be an operand
   * @return {@code out}
   */
  default Tensor logicalAndOut(Tensor other, Tensor out) {
    return LOGICAL_AND.applyOut(out, new Tensor[] {self(), other}, 0, 0);
  }

  /** Whether either element differs from zero. */
  PointwiseOp LOGICAL_OR =
      PointwiseOp.binary("logical_or", Expression::logicalOr).typed(TypeRule.PREDICATE);

  /**
   * Whether either element differs from zero.
   *
   * @param other the other operand; the shapes broadcast
   * @return a new tensor of the common shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor logicalOr(Tensor other) {
    return LOGICAL_OR.apply(self(), other);
  }

  /**
   * As {@link #logicalOr(Tensor)}, in place.
   *
   * @param other the other operand; broadcasts to this shape
   * @return this tensor
   * @throws dev.gatun.memory.ShapeException when the other operand does not broadcast to this shape
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor logicalOr_(Tensor other) {
    return LOGICAL_OR.applyInPlace(new Tensor[] {self(), other}, 0, 0);
  }

  /**
   * As {@link #logicalOr(Tensor)}, into a given tensor.
   *
   * @param other the other operand
   * @param out the tensor to write, of the common shape; may be an operand
   * @return {@code out}
   */
  default Tensor logicalOrOut(Tensor other, Tensor out) {
    return LOGICAL_OR.applyOut(out, new Tensor[] {self(), other}, 0, 0);
  }

  /** Whether exactly one element differs from zero. */
  PointwiseOp LOGICAL_XOR =
      PointwiseOp.binary("logical_xor", Expression::logicalXor).typed(TypeRule.PREDICATE);

  /**
   * Whether exactly one element differs from zero.
   *
   * @param other the other operand; the shapes broadcast
   * @return a new tensor of the common shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor logicalXor(Tensor other) {
    return LOGICAL_XOR.apply(self(), other);
  }

  /**
   * As {@link #logicalXor(Tensor)}, in place.
   *
   * @param other the other operand; broadcasts to this shape
   * @return this tensor
   * @throws dev.gatun.memory.ShapeException when the other operand does not broadcast to this shape
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor logicalXor_(Tensor other) {
    return LOGICAL_XOR.applyInPlace(new Tensor[] {self(), other}, 0, 0);
  }

  /**
   * As {@link #logicalXor(Tensor)}, into a given tensor.
   *
   * @param other the other operand
   * @param out the tensor to write, of the common shape; may be an operand
   * @return {@code out}
   */
  default Tensor logicalXorOut(Tensor other, Tensor out) {
    return LOGICAL_XOR.applyOut(out, new Tensor[] {self(), other}, 0, 0);
  }

  /** Whether each element is zero. */
  PointwiseOp LOGICAL_NOT =
      PointwiseOp.unary("logical_not", Expression::logicalNot).typed(TypeRule.PREDICATE);

  /**
   * Whether each element is zero.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor logicalNot() {
    return LOGICAL_NOT.apply(self());
  }

  /**
   * As {@link #logicalNot()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor logicalNot_() {
    return LOGICAL_NOT.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #logicalNot()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor logicalNotOut(Tensor out) {
    return LOGICAL_NOT.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** The bits set in both elements. */
  PointwiseOp BITWISE_AND =
      PointwiseOp.binary("bitwise_and", Expression::bitwiseAnd).typed(TypeRule.BITWISE);

  /**
   * The bits set in both elements.
   *
   * @param other the other operand; the shapes broadcast
   * @return a new tensor of the common shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor bitwiseAnd(Tensor other) {
    return BITWISE_AND.apply(self(), other);
  }

  /**
   * As {@link #bitwiseAnd(Tensor)}, in place.
   *
   * @param other the other operand; broadcasts to this shape
   * @return this tensor
   * @throws dev.gatun.memory.ShapeException when the other operand does not broadcast to this shape
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor bitwiseAnd_(Tensor other) {
    return BITWISE_AND.applyInPlace(new Tensor[] {self(), other}, 0, 0);
  }

  /**
   * As {@link #bitwiseAnd(Tensor)}, into a given tensor.
   *
   * @param other the other operand
   * @param out the tensor to write, of the common shape; may be an operand
   * @return {@code out}
   */
  default Tensor bitwiseAndOut(Tensor other, Tensor out) {
    return BITWISE_AND.applyOut(out, new Tensor[] {self(), other}, 0, 0);
  }

  /** The bits set in either element. */
  PointwiseOp BITWISE_OR =
      PointwiseOp.binary("bitwise_or", Expression::bitwiseOr).typed(TypeRule.BITWISE);

  /**
   * The bits set in either element.
   *
   * @param other the other operand; the shapes broadcast
   * @return a new tensor of the common shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor bitwiseOr(Tensor other) {
    return BITWISE_OR.apply(self(), other);
  }

  /**
   * As {@link #bitwiseOr(Tensor)}, in place.
   *
   * @param other the other operand; broadcasts to this shape
   * @return this tensor
   * @throws dev.gatun.memory.ShapeException when the other operand does not broadcast to this shape
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor bitwiseOr_(Tensor other) {
    return BITWISE_OR.applyInPlace(new Tensor[] {self(), other}, 0, 0);
  }

  /**
   * As {@link #bitwiseOr(Tensor)}, into a given tensor.
   *
   * @param other the other operand
   * @param out the tensor to write, of the common shape; may be an operand
   * @return {@code out}
   */
  default Tensor bitwiseOrOut(Tensor other, Tensor out) {
    return BITWISE_OR.applyOut(out, new Tensor[] {self(), other}, 0, 0);
  }

  /** The bits set in exactly one element. */
  PointwiseOp BITWISE_XOR =
      PointwiseOp.binary("bitwise_xor", Expression::bitwiseXor).typed(TypeRule.BITWISE);

  /**
   * The bits set in exactly one element.
   *
   * @param other the other operand; the shapes broadcast
   * @return a new tensor of the common shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor bitwiseXor(Tensor other) {
    return BITWISE_XOR.apply(self(), other);
  }

  /**
   * As {@link #bitwiseXor(Tensor)}, in place.
   *
   * @param other the other operand; broadcasts to this shape
   * @return this tensor
   * @throws dev.gatun.memory.ShapeException when the other operand does not broadcast to this shape
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor bitwiseXor_(Tensor other) {
    return BITWISE_XOR.applyInPlace(new Tensor[] {self(), other}, 0, 0);
  }

  /**
   * As {@link #bitwiseXor(Tensor)}, into a given tensor.
   *
   * @param other the other operand
   * @param out the tensor to write, of the common shape; may be an operand
   * @return {@code out}
   */
  default Tensor bitwiseXorOut(Tensor other, Tensor out) {
    return BITWISE_XOR.applyOut(out, new Tensor[] {self(), other}, 0, 0);
  }

  /** The second operand where the first is true, else the third. */
  PointwiseOp WHERE =
      PointwiseOp.ternary("where", Expression::select).typed(TypeRule.PROMOTE).conditional();

  /**
   * Chooses, element by element: this tensor where a condition holds, else another.
   *
   * @param condition truth values; the shapes broadcast
   * @param other what to take where the condition does not hold
   * @return a new tensor of the common shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.DTypeException when the condition is not of bool
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor where(Tensor condition, Tensor other) {
    if (condition.dtype() != DType.BOOL) {
      throw new DTypeException(
          "where: a condition of " + condition.dtype() + ": the condition is of bool");
    }
    return WHERE.apply(condition, self(), other);
  }

  /** A scalar where the second operand is true, else the first. */
  PointwiseOp MASKED_FILL =
      PointwiseOp.binary(
              "masked_fill", (mask, x) -> Expression.select(mask, Expression.parameter(0), x))
          .typed(TypeRule.PROMOTE)
          .conditional()
          .pytorch("torch.masked_fill(b, a, p)");

  /**
   * Puts a scalar where a mask is true.
   *
   * @param mask truth values; the shapes broadcast
   * @param value the scalar, converted to this type: an integral one takes its whole part, so 0.5
   *     becomes 0, as in PyTorch
   * @return a new tensor of the common shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.DTypeException when the mask is not of bool
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   * @throws dev.gatun.memory.ArgumentException when the type, an integral one, does not hold the
   *     value
   */
  default Tensor maskedFill(Tensor mask, double value) {
    return Masks.fill("masked_fill", self(), mask, value);
  }

  /**
   * As {@link #maskedFill(Tensor, double)}, exact for int64 beyond 2^53 too.
   *
   * @param mask truth values; the shapes broadcast
   * @param value the scalar
   * @return a new tensor of the common shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.DTypeException when the mask is not of bool
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   * @throws dev.gatun.memory.ArgumentException when the type, an integral one, does not hold the
   *     value
   */
  default Tensor maskedFill(Tensor mask, long value) {
    return Masks.fill("masked_fill", self(), mask, value);
  }
}
