package dev.gatun.autograd;

import dev.gatun.kernels.pointwise.Expression;

/**
 * Comparisons of two operands, element by element. Truth values have no gradient.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface Comparisons {
  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  /** Whether the elements are equal; NaN equals nothing. */
  PointwiseOp EQ = PointwiseOp.binary("eq", Expression::eq).typed(TypeRule.PREDICATE);

  /**
   * Whether the elements are equal; NaN equals nothing.
   *
   * @param other the other operand; the shapes broadcast
   * @return a new tensor of the common shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor eq(Tensor other) {
    return EQ.apply(self(), other);
  }

  /**
   * As {@link #eq(Tensor)}, in place.
   *
   * @param other the other operand; broadcasts to this shape
   * @return this tensor
   * @throws dev.gatun.memory.ShapeException when the other operand does not broadcast to this shape
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor eq_(Tensor other) {
    return EQ.applyInPlace(new Tensor[] {self(), other}, 0, 0);
  }

  /**
   * As {@link #eq(Tensor)}, with a scalar. A floating-point scalar makes an integral tensor's
   * result float32.
   *
   * @param other the scalar operand
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor eq(double other) {
    return Scalars.right(EQ, self(), other);
  }

  /**
   * As {@link #eq(Tensor)}, with a scalar. An integral scalar leaves the type as it is.
   *
   * @param other the scalar operand
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor eq(long other) {
    return Scalars.right(EQ, self(), other);
  }

  /**
   * As {@link #eq(Tensor)}, into a given tensor.
   *
   * @param other the other operand
   * @param out the tensor to write, of the common shape; may be an operand
   * @return {@code out}
   */
  default Tensor eqOut(Tensor other, Tensor out) {
    return EQ.applyOut(out, new Tensor[] {self(), other}, 0, 0);
  }

  /** Whether the elements differ; NaN differs from everything. */
  PointwiseOp NE = PointwiseOp.binary("ne", Expression::ne).typed(TypeRule.PREDICATE);

  /**
   * Whether the elements differ; NaN differs from everything.
   *
   * @param other the other operand; the shapes broadcast
   * @return a new tensor of the common shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor ne(Tensor other) {
    return NE.apply(self(), other);
  }

  /**
   * As {@link #ne(Tensor)}, in place.
   *
   * @param other the other operand; broadcasts to this shape
   * @return this tensor
   * @throws dev.gatun.memory.ShapeException when the other operand does not broadcast to this shape
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor ne_(Tensor other) {
    return NE.applyInPlace(new Tensor[] {self(), other}, 0, 0);
  }

  /**
   * As {@link #ne(Tensor)}, with a scalar. A floating-point scalar makes an integral tensor's
   * result float32.
   *
   * @param other the scalar operand
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor ne(double other) {
    return Scalars.right(NE, self(), other);
  }

  /**
   * As {@link #ne(Tensor)}, with a scalar. An integral scalar leaves the type as it is.
   *
   * @param other the scalar operand
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor ne(long other) {
    return Scalars.right(NE, self(), other);
  }

  /**
   * As {@link #ne(Tensor)}, into a given tensor.
   *
   * @param other the other operand
   * @param out the tensor to write, of the common shape; may be an operand
   * @return {@code out}
   */
  default Tensor neOut(Tensor other, Tensor out) {
    return NE.applyOut(out, new Tensor[] {self(), other}, 0, 0);
  }

  /** Whether this element is less than the other. */
  PointwiseOp LT = PointwiseOp.binary("lt", Expression::lt).typed(TypeRule.PREDICATE);

  /**
   * Whether this element is less than the other.
   *
   * @param other the other operand; the shapes broadcast
   * @return a new tensor of the common shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor lt(Tensor other) {
    return LT.apply(self(), other);
  }

  /**
   * As {@link #lt(Tensor)}, in place.
   *
   * @param other the other operand; broadcasts to this shape
   * @return this tensor
   * @throws dev.gatun.memory.ShapeException when the other operand does not broadcast to this shape
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor lt_(Tensor other) {
    return LT.applyInPlace(new Tensor[] {self(), other}, 0, 0);
  }

  /**
   * As {@link #lt(Tensor)}, with a scalar. A floating-point scalar makes an integral tensor's
   * result float32.
   *
   * @param other the scalar operand
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor lt(double other) {
    return Scalars.right(LT, self(), other);
  }

  /**
   * As {@link #lt(Tensor)}, with a scalar. An integral scalar leaves the type as it is.
   *
   * @param other the scalar operand
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor lt(long other) {
    return Scalars.right(LT, self(), other);
  }

  /**
   * As {@link #lt(Tensor)}, into a given tensor.
   *
   * @param other the other operand
   * @param out the tensor to write, of the common shape; may be an operand
   * @return {@code out}
   */
  default Tensor ltOut(Tensor other, Tensor out) {
    return LT.applyOut(out, new Tensor[] {self(), other}, 0, 0);
  }

  /** Whether this element is at most the other. */
  PointwiseOp LE = PointwiseOp.binary("le", Expression::le).typed(TypeRule.PREDICATE);

  /**
   * Whether this element is at most the other.
   *
   * @param other the other operand; the shapes broadcast
   * @return a new tensor of the common shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor le(Tensor other) {
    return LE.apply(self(), other);
  }

  /**
   * As {@link #le(Tensor)}, in place.
   *
   * @param other the other operand; broadcasts to this shape
   * @return this tensor
   * @throws dev.gatun.memory.ShapeException when the other operand does not broadcast to this shape
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor le_(Tensor other) {
    return LE.applyInPlace(new Tensor[] {self(), other}, 0, 0);
  }

  /**
   * As {@link #le(Tensor)}, with a scalar. A floating-point scalar makes an integral tensor's
   * result float32.
   *
   * @param other the scalar operand
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor le(double other) {
    return Scalars.right(LE, self(), other);
  }

  /**
   * As {@link #le(Tensor)}, with a scalar. An integral scalar leaves the type as it is.
   *
   * @param other the scalar operand
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor le(long other) {
    return Scalars.right(LE, self(), other);
  }

  /**
   * As {@link #le(Tensor)}, into a given tensor.
   *
   * @param other the other operand
   * @param out the tensor to write, of the common shape; may be an operand
   * @return {@code out}
   */
  default Tensor leOut(Tensor other, Tensor out) {
    return LE.applyOut(out, new Tensor[] {self(), other}, 0, 0);
  }

  /** Whether this element is greater than the other. */
  PointwiseOp GT = PointwiseOp.binary("gt", Expression::gt).typed(TypeRule.PREDICATE);

  /**
   * Whether this element is greater than the other.
   *
   * @param other the other operand; the shapes broadcast
   * @return a new tensor of the common shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor gt(Tensor other) {
    return GT.apply(self(), other);
  }

  /**
   * As {@link #gt(Tensor)}, in place.
   *
   * @param other the other operand; broadcasts to this shape
   * @return this tensor
   * @throws dev.gatun.memory.ShapeException when the other operand does not broadcast to this shape
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor gt_(Tensor other) {
    return GT.applyInPlace(new Tensor[] {self(), other}, 0, 0);
  }

  /**
   * As {@link #gt(Tensor)}, with a scalar. A floating-point scalar makes an integral tensor's
   * result float32.
   *
   * @param other the scalar operand
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor gt(double other) {
    return Scalars.right(GT, self(), other);
  }

  /**
   * As {@link #gt(Tensor)}, with a scalar. An integral scalar leaves the type as it is.
   *
   * @param other the scalar operand
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor gt(long other) {
    return Scalars.right(GT, self(), other);
  }

  /**
   * As {@link #gt(Tensor)}, into a given tensor.
   *
   * @param other the other operand
   * @param out the tensor to write, of the common shape; may be an operand
   * @return {@code out}
   */
  default Tensor gtOut(Tensor other, Tensor out) {
    return GT.applyOut(out, new Tensor[] {self(), other}, 0, 0);
  }

  /** Whether this element is at least the other. */
  PointwiseOp GE = PointwiseOp.binary("ge", Expression::ge).typed(TypeRule.PREDICATE);

  /**
   * Whether this element is at least the other.
   *
   * @param other the other operand; the shapes broadcast
   * @return a new tensor of the common shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor ge(Tensor other) {
    return GE.apply(self(), other);
  }

  /**
   * As {@link #ge(Tensor)}, in place.
   *
   * @param other the other operand; broadcasts to this shape
   * @return this tensor
   * @throws dev.gatun.memory.ShapeException when the other operand does not broadcast to this shape
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor ge_(Tensor other) {
    return GE.applyInPlace(new Tensor[] {self(), other}, 0, 0);
  }

  /**
   * As {@link #ge(Tensor)}, with a scalar. A floating-point scalar makes an integral tensor's
   * result float32.
   *
   * @param other the scalar operand
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor ge(double other) {
    return Scalars.right(GE, self(), other);
  }

  /**
   * As {@link #ge(Tensor)}, with a scalar. An integral scalar leaves the type as it is.
   *
   * @param other the scalar operand
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor ge(long other) {
    return Scalars.right(GE, self(), other);
  }

  /**
   * As {@link #ge(Tensor)}, into a given tensor.
   *
   * @param other the other operand
   * @param out the tensor to write, of the common shape; may be an operand
   * @return {@code out}
   */
  default Tensor geOut(Tensor other, Tensor out) {
    return GE.applyOut(out, new Tensor[] {self(), other}, 0, 0);
  }

  /** Whether each element is NaN. */
  PointwiseOp ISNAN = PointwiseOp.unary("isnan", Expression::isNaN).typed(TypeRule.PREDICATE);

  /**
   * Whether each element is NaN.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor isnan() {
    return ISNAN.apply(self());
  }

  /** Whether each element is infinite. */
  PointwiseOp ISINF = PointwiseOp.unary("isinf", Expression::isInfinite).typed(TypeRule.PREDICATE);

  /**
   * Whether each element is infinite.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor isinf() {
    return ISINF.apply(self());
  }

  /** Whether each element is neither infinite nor NaN. */
  PointwiseOp ISFINITE =
      PointwiseOp.unary("isfinite", Expression::isFinite).typed(TypeRule.PREDICATE);

  /**
   * Whether each element is neither infinite nor NaN.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor isfinite() {
    return ISFINITE.apply(self());
  }
}
