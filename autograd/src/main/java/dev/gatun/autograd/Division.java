package dev.gatun.autograd;

import dev.gatun.kernels.pointwise.Expression;
import dev.gatun.memory.DType;

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
   * As {@link #floorDivide(long)}, in place.
   *
   * @param other the scalar operand
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor floorDivide_(long other) {
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
   * As {@link #remainder(long)}, in place.
   *
   * @param other the scalar operand
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor remainder_(long other) {
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
   * As {@link #fmod(long)}, in place.
   *
   * @param other the scalar operand
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor fmod_(long other) {
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

  /** The quotient cut towards zero, element by element. */
  PointwiseOp TRUNC_DIVIDE =
      PointwiseOp.binary("trunc_divide", (x, y) -> x.div(y).trunc())
          .typed(TypeRule.NUMERIC)
          .on(PointwiseDomain.POSITIVE)
          .withoutGradient("it is constant but for jumps")
          .pytorch("torch.div(a, b, rounding_mode='trunc')");

  /**
   * The quotient cut towards zero, element by element: PyTorch's {@code div} with rounding mode
   * {@code trunc}.
   *
   * @param other the divisor; the shapes broadcast
   * @return a new tensor of the common shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.ArgumentException when an integer is divided by zero
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor truncDivide(Tensor other) {
    return TRUNC_DIVIDE.apply(self(), other);
  }

  /**
   * As {@link #truncDivide(Tensor)}, in place.
   *
   * @param other the divisor; broadcasts to this shape
   * @return this tensor
   * @throws dev.gatun.memory.ShapeException when the other operand does not broadcast to this shape
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor truncDivide_(Tensor other) {
    return TRUNC_DIVIDE.applyInPlace(new Tensor[] {self(), other}, 0, 0);
  }

  /**
   * The quotient as a fraction: {@link Arithmetic#div(Tensor)} by its other name.
   *
   * @param other the divisor; the shapes broadcast
   * @return a new tensor of the common shape, floating point
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor trueDivide(Tensor other) {
    return self().openFor("true_divide").div(other.openFor("true_divide"));
  }

  /**
   * The power, element by element, computed in float64 whatever the operands' types are.
   *
   * @param other the exponent; the shapes broadcast
   * @return a new float64 tensor of the common shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor floatPower(Tensor other) {
    Tensor base = self().openFor("float_power");
    return base.to(DType.FLOAT64).pow(other.openFor("float_power").to(DType.FLOAT64));
  }

  /**
   * The power, element by element, computed in float64 whatever this tensor's type is.
   *
   * @param other the exponent
   * @return a new float64 tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Tensor floatPower(double other) {
    return self().openFor("float_power").to(DType.FLOAT64).pow(other);
  }
}
