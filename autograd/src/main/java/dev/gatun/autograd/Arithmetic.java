package dev.gatun.autograd;

import dev.gatun.kernels.pointwise.Expression;

/**
 * Arithmetic of two operands, element by element, with broadcasting.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface Arithmetic {
  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  /** The sum, element by element. */
  PointwiseOp ADD = PointwiseOp.binary("add", Expression::add).typed(TypeRule.PROMOTE);

  /**
   * The sum, element by element.
   *
   * @param other the other operand; the shapes broadcast
   * @return a new tensor of the common shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor add(Tensor other) {
    return ADD.apply(self(), other);
  }

  /**
   * As {@link #add(Tensor)}, with a scalar. A floating-point scalar makes an integral tensor's
   * result float32.
   *
   * @param other the scalar operand
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor add(double other) {
    return Scalars.right(ADD, self(), other);
  }

  /**
   * As {@link #add(Tensor)}, with a scalar. An integral scalar leaves the type as it is.
   *
   * @param other the scalar operand
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor add(long other) {
    return Scalars.right(ADD, self(), other);
  }

  /**
   * As {@link #add(Tensor)}, in place.
   *
   * @param other the other operand; broadcasts to this shape
   * @return this tensor
   * @throws dev.gatun.memory.ShapeException when the other operand does not broadcast to this shape
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor add_(Tensor other) {
    return ADD.applyInPlace(self(), other);
  }

  /**
   * As {@link #add(double)}, in place.
   *
   * @param other the scalar operand
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor add_(double other) {
    return Scalars.rightInPlace(ADD, self(), other);
  }

  /**
   * As {@link #add(long)}, in place.
   *
   * @param other the scalar operand
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor add_(long other) {
    return Scalars.rightInPlace(ADD, self(), other);
  }

  /**
   * As {@link #add(Tensor)}, into a given tensor.
   *
   * @param other the other operand
   * @param out the tensor to write, of the common shape; may be an operand
   * @return {@code out}
   */
  default Tensor addOut(Tensor other, Tensor out) {
    return ADD.applyOut(out, new Tensor[] {self(), other}, 0, 0);
  }

  /** The difference, element by element. */
  PointwiseOp SUB = PointwiseOp.binary("sub", Expression::sub).typed(TypeRule.NUMERIC_OPERANDS);

  /**
   * The difference, element by element.
   *
   * @param other the other operand; the shapes broadcast
   * @return a new tensor of the common shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.DTypeException when an operand is of bool
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor sub(Tensor other) {
    return SUB.apply(self(), other);
  }

  /**
   * As {@link #sub(Tensor)}, with a scalar. A floating-point scalar makes an integral tensor's
   * result float32.
   *
   * @param other the scalar operand
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.DTypeException when an operand is of bool
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor sub(double other) {
    return Scalars.right(SUB, self(), other);
  }

  /**
   * As {@link #sub(Tensor)}, with a scalar. An integral scalar leaves the type as it is.
   *
   * @param other the scalar operand
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.DTypeException when an operand is of bool
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor sub(long other) {
    return Scalars.right(SUB, self(), other);
  }

  /**
   * The difference of a scalar and this tensor. A floating-point scalar makes an integral tensor's
   * result float32.
   *
   * @param other the scalar operand
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.DTypeException when an operand is of bool
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor rsub(double other) {
    return Scalars.left(SUB, other, self().openFor("rsub"));
  }

  /**
   * As {@link #rsub(double)}. An integral scalar leaves the type as it is.
   *
   * @param other the scalar operand
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.DTypeException when an operand is of bool
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor rsub(long other) {
    return Scalars.left(SUB, other, self().openFor("rsub"));
  }

  /**
   * The difference of another tensor and this one.
   *
   * @param other what this tensor is subtracted from; the shapes broadcast
   * @return a new tensor of the common shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.DTypeException when an operand is of bool
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor rsub(Tensor other) {
    return SUB.apply(other.openFor("rsub"), self().openFor("rsub"));
  }

  /**
   * As {@link #sub(Tensor)}, in place.
   *
   * @param other the other operand; broadcasts to this shape
   * @return this tensor
   * @throws dev.gatun.memory.ShapeException when the other operand does not broadcast to this shape
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor sub_(Tensor other) {
    return SUB.applyInPlace(self(), other);
  }

  /**
   * As {@link #sub(double)}, in place.
   *
   * @param other the scalar operand
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor sub_(double other) {
    return Scalars.rightInPlace(SUB, self(), other);
  }

  /**
   * As {@link #sub(long)}, in place.
   *
   * @param other the scalar operand
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor sub_(long other) {
    return Scalars.rightInPlace(SUB, self(), other);
  }

  /**
   * As {@link #sub(Tensor)}, into a given tensor.
   *
   * @param other the other operand
   * @param out the tensor to write, of the common shape; may be an operand
   * @return {@code out}
   */
  default Tensor subOut(Tensor other, Tensor out) {
    return SUB.applyOut(out, new Tensor[] {self(), other}, 0, 0);
  }

  /** The product, element by element. */
  PointwiseOp MUL = PointwiseOp.binary("mul", Expression::mul).typed(TypeRule.PROMOTE);

  /**
   * The product, element by element.
   *
   * @param other the other operand; the shapes broadcast
   * @return a new tensor of the common shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor mul(Tensor other) {
    return MUL.apply(self(), other);
  }

  /**
   * As {@link #mul(Tensor)}, with a scalar. A floating-point scalar makes an integral tensor's
   * result float32.
   *
   * @param other the scalar operand
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor mul(double other) {
    return Scalars.right(MUL, self(), other);
  }

  /**
   * As {@link #mul(Tensor)}, with a scalar. An integral scalar leaves the type as it is.
   *
   * @param other the scalar operand
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor mul(long other) {
    return Scalars.right(MUL, self(), other);
  }

  /**
   * As {@link #mul(Tensor)}, in place.
   *
   * @param other the other operand; broadcasts to this shape
   * @return this tensor
   * @throws dev.gatun.memory.ShapeException when the other operand does not broadcast to this shape
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor mul_(Tensor other) {
    return MUL.applyInPlace(self(), other);
  }

  /**
   * As {@link #mul(double)}, in place.
   *
   * @param other the scalar operand
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor mul_(double other) {
    return Scalars.rightInPlace(MUL, self(), other);
  }

  /**
   * As {@link #mul(long)}, in place.
   *
   * @param other the scalar operand
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor mul_(long other) {
    return Scalars.rightInPlace(MUL, self(), other);
  }

  /**
   * As {@link #mul(Tensor)}, into a given tensor.
   *
   * @param other the other operand
   * @param out the tensor to write, of the common shape; may be an operand
   * @return {@code out}
   */
  default Tensor mulOut(Tensor other, Tensor out) {
    return MUL.applyOut(out, new Tensor[] {self(), other}, 0, 0);
  }

  /** The quotient, element by element; of integers too, it is floating point. */
  PointwiseOp DIV = PointwiseOp.binary("div", Expression::div).on(PointwiseDomain.POSITIVE);

  /**
   * The quotient, element by element; of integers too, it is floating point.
   *
   * @param other the other operand; the shapes broadcast
   * @return a new tensor of the common shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor div(Tensor other) {
    return DIV.apply(self(), other);
  }

  /**
   * As {@link #div(Tensor)}, with a scalar. A floating-point scalar makes an integral tensor's
   * result float32.
   *
   * @param other the scalar operand
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor div(double other) {
    return Scalars.right(DIV, self(), other);
  }

  /**
   * As {@link #div(Tensor)}, with a scalar. An integral scalar leaves the type as it is.
   *
   * @param other the scalar operand
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor div(long other) {
    return Scalars.right(DIV, self(), other);
  }

  /**
   * The quotient of a scalar and this tensor.
   *
   * @param other the scalar operand
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor rdiv(double other) {
    return Scalars.left(DIV, other, self().openFor("rdiv"));
  }

  /**
   * As {@link #div(Tensor)}, in place.
   *
   * @param other the other operand; broadcasts to this shape
   * @return this tensor
   * @throws dev.gatun.memory.ShapeException when the other operand does not broadcast to this shape
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor div_(Tensor other) {
    return DIV.applyInPlace(self(), other);
  }

  /**
   * As {@link #div(double)}, in place.
   *
   * @param other the scalar operand
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor div_(double other) {
    return Scalars.rightInPlace(DIV, self(), other);
  }

  /**
   * As {@link #div(Tensor)}, into a given tensor.
   *
   * @param other the other operand
   * @param out the tensor to write, of the common shape; may be an operand
   * @return {@code out}
   */
  default Tensor divOut(Tensor other, Tensor out) {
    return DIV.applyOut(out, new Tensor[] {self(), other}, 0, 0);
  }

  /** The negative of each element. */
  PointwiseOp NEG = PointwiseOp.unary("neg", Expression::neg).typed(TypeRule.NUMERIC);

  /**
   * The negative of each element.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor neg() {
    return NEG.apply(self());
  }

  /**
   * As {@link #neg()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor neg_() {
    return NEG.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #neg()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor negOut(Tensor out) {
    return NEG.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** Interpolates, element by element. */
  PointwiseOp LERP =
      PointwiseOp.binary("lerp", (x, y) -> x.lerp(y, Expression.parameter(0)))
          .typed(TypeRule.ONE_FLOATING_TYPE)
          .pytorch("torch.lerp(a, b, p)");

  /**
   * Interpolates between this tensor, at weight 0, and another, at weight 1.
   *
   * @param end the other operand; the shapes broadcast
   * @param weight where between the two
   * @return a new tensor of the common shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.DTypeException when the operands are not of one floating-point type
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor lerp(Tensor end, double weight) {
    return LERP.apply(self(), end, weight, 0);
  }

  /**
   * As {@link #lerp(Tensor, double)}, in place.
   *
   * @param end the other operand; broadcasts to this shape
   * @param weight where between the two
   * @return this tensor
   * @throws dev.gatun.memory.ShapeException when the other operand does not broadcast to this shape
   * @throws dev.gatun.memory.DTypeException when the operands are not of one floating-point type
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor lerp_(Tensor end, double weight) {
    return LERP.applyInPlace(new Tensor[] {self(), end}, weight, 0);
  }

  /**
   * As {@link #lerp(Tensor, double)}, into a given tensor.
   *
   * @param end the other operand
   * @param weight where between the two
   * @param out the tensor to write, of the common shape; may be an operand
   * @return {@code out}
   */
  default Tensor lerpOut(Tensor end, double weight, Tensor out) {
    return LERP.applyOut(out, new Tensor[] {self(), end}, weight, 0);
  }

  /** Interpolates, element by element, with a weight for each. */
  PointwiseOp LERP_TENSOR =
      PointwiseOp.ternary("lerp_tensor", (x, y, weight) -> x.lerp(y, weight))
          .typed(TypeRule.WEIGHTED_ENDS)
          .pytorch("torch.lerp(a, b, c)");

  /**
   * Interpolates between this tensor, at weight 0, and another, at weight 1.
   *
   * @param end the other operand; the shapes broadcast
   * @param weight where between the two, for each element; the shapes broadcast
   * @return a new tensor of the common shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.DTypeException when the ends are not of one type, the weight is of
   *     another one and not a single number, or the common type is not floating point
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor lerp(Tensor end, Tensor weight) {
    return LERP_TENSOR.apply(self(), end, weight);
  }

  /**
   * As {@link #lerp(Tensor, Tensor)}, in place.
   *
   * @param end the other operand; broadcasts to this shape
   * @param weight where between the two, for each element; broadcasts to this shape
   * @return this tensor
   * @throws dev.gatun.memory.ShapeException when an operand does not broadcast to this shape
   * @throws dev.gatun.memory.DTypeException when the ends are not of one type, the weight is of
   *     another one and not a single number, or the common type is not floating point
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor lerp_(Tensor end, Tensor weight) {
    return LERP_TENSOR.applyInPlace(new Tensor[] {self(), end, weight}, 0, 0);
  }

  /** The sum of the first operand and the product of the others, element by element. */
  PointwiseOp ADDCMUL =
      PointwiseOp.ternary("addcmul", (x, y, z) -> y.mul(Expression.parameter(0)).fma(z, x))
          .typed(TypeRule.NUMERIC)
          .pytorch("torch.addcmul(a, b, c, value=p)");

  /**
   * Adds {@code value * first * second}, element by element.
   *
   * @param first the one factor; the shapes broadcast
   * @param second the other factor
   * @param value the scalar factor
   * @return a new tensor of the common shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor addcmul(Tensor first, Tensor second, double value) {
    return ADDCMUL.apply(new Tensor[] {self(), first, second}, value, 0);
  }

  /**
   * As {@link #addcmul(Tensor, Tensor, double)}, in place.
   *
   * @param first the one factor; broadcasts to this shape
   * @param second the other factor; broadcasts to this shape
   * @param value the scalar factor
   * @return this tensor
   * @throws dev.gatun.memory.ShapeException when an operand does not broadcast to this shape
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor addcmul_(Tensor first, Tensor second, double value) {
    return ADDCMUL.applyInPlace(new Tensor[] {self(), first, second}, value, 0);
  }

  /**
   * As {@link #addcmul(Tensor, Tensor, double)}, into a given tensor.
   *
   * @param first the one factor
   * @param second the other factor
   * @param value the scalar factor
   * @param out the tensor to write, of the common shape; may be an operand
   * @return {@code out}
   */
  default Tensor addcmulOut(Tensor first, Tensor second, double value, Tensor out) {
    return ADDCMUL.applyOut(out, new Tensor[] {self(), first, second}, value, 0);
  }

  /** The sum of the first operand and the quotient of the others, element by element. */
  PointwiseOp ADDCDIV =
      PointwiseOp.ternary("addcdiv", (x, y, z) -> x.add(y.mul(Expression.parameter(0)).div(z)))
          .typed(TypeRule.FLOATING_OPERANDS)
          .on(PointwiseDomain.POSITIVE)
          .pytorch("torch.addcdiv(a, b, c, value=p)");

  /**
   * Adds {@code value * first / second}, element by element.
   *
   * @param first the dividend; the shapes broadcast
   * @param second the divisor
   * @param value the scalar factor
   * @return a new tensor of the common shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.DTypeException when no operand is floating point
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor addcdiv(Tensor first, Tensor second, double value) {
    return ADDCDIV.apply(new Tensor[] {self(), first, second}, value, 0);
  }

  /**
   * As {@link #addcdiv(Tensor, Tensor, double)}, in place.
   *
   * @param first the dividend; broadcasts to this shape
   * @param second the divisor; broadcasts to this shape
   * @param value the scalar factor
   * @return this tensor
   * @throws dev.gatun.memory.ShapeException when an operand does not broadcast to this shape
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor addcdiv_(Tensor first, Tensor second, double value) {
    return ADDCDIV.applyInPlace(new Tensor[] {self(), first, second}, value, 0);
  }

  /**
   * As {@link #addcdiv(Tensor, Tensor, double)}, into a given tensor.
   *
   * @param first the dividend
   * @param second the divisor
   * @param value the scalar factor
   * @param out the tensor to write, of the common shape; may be an operand
   * @return {@code out}
   */
  default Tensor addcdivOut(Tensor first, Tensor second, double value, Tensor out) {
    return ADDCDIV.applyOut(out, new Tensor[] {self(), first, second}, value, 0);
  }
}
