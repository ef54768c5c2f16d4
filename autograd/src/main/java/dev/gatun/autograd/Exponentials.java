package dev.gatun.autograd;

import dev.gatun.kernels.pointwise.Expression;
import dev.gatun.memory.ArgumentException;

/**
 * Powers, roots, exponentials and logarithms, element by element.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface Exponentials {
  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  /** The power, element by element. */
  PointwiseOp POW =
      PointwiseOp.binary("pow", Expression::pow)
          .typed(TypeRule.NUMERIC)
          .on(PointwiseDomain.POSITIVE)
          .simplerAt(2, 3, 0.5, -0.5, 1, 0);

  /**
   * The power, element by element.
   *
   * @param other the other operand; the shapes broadcast
   * @return a new tensor of the common shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor pow(Tensor other) {
    return POW.apply(self(), other);
  }

  private void checkPower(double power) {
    if (power < 0 && !self().dtype().isFloatingPoint()) {
      throw new ArgumentException(
          "pow: "
              + self().describe()
              + " to the power of "
              + power
              + ": an integer's negative power is no integer; convert it first");
    }
  }

  /**
   * As {@link #pow(Tensor)}, with a scalar. A floating-point scalar makes an integral tensor's
   * result float32. The powers 0.5 and -0.5 are those of the square root: NaN for negative
   * infinity, and for -0 the root -0.
   *
   * @param other the scalar operand
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor pow(double other) {
    return Scalars.right(POW, self(), other);
  }

  /**
   * As {@link #pow(Tensor)}, with a scalar. An integral scalar leaves the type as it is.
   *
   * @param other the scalar operand
   * @return a new tensor of this shape
   * @throws ArgumentException when this tensor is integral and the power is negative
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor pow(long other) {
    checkPower(other);
    return Scalars.right(POW, self(), other);
  }

  /**
   * As {@link #pow(Tensor)}, in place.
   *
   * @param other the other operand; broadcasts to this shape
   * @return this tensor
   * @throws dev.gatun.memory.ShapeException when the other operand does not broadcast to this shape
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor pow_(Tensor other) {
    return POW.applyInPlace(new Tensor[] {self(), other}, 0, 0);
  }

  /**
   * As {@link #pow(double)}, in place.
   *
   * @param other the scalar operand
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor pow_(double other) {
    checkPower(other);
    return Scalars.rightInPlace(POW, self(), other);
  }

  /**
   * As {@link #pow(long)}, in place.
   *
   * @param other the scalar operand
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor pow_(long other) {
    checkPower(other);
    return Scalars.rightInPlace(POW, self(), other);
  }

  /**
   * As {@link #pow(Tensor)}, into a given tensor.
   *
   * @param other the other operand
   * @param out the tensor to write, of the common shape; may be an operand
   * @return {@code out}
   */
  default Tensor powOut(Tensor other, Tensor out) {
    return POW.applyOut(out, new Tensor[] {self(), other}, 0, 0);
  }

  /** The square of each element. */
  PointwiseOp SQUARE = PointwiseOp.unary("square", Expression::square).typed(TypeRule.COUNTING);

  /**
   * The square of each element; of truth values it is int64.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor square() {
    return SQUARE.apply(self());
  }

  /**
   * As {@link #square()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor square_() {
    return SQUARE.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #square()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor squareOut(Tensor out) {
    return SQUARE.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** The square root of each element. */
  PointwiseOp SQRT = PointwiseOp.unary("sqrt", Expression::sqrt).on(PointwiseDomain.POSITIVE);

  /**
   * The square root of each element.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor sqrt() {
    return SQRT.apply(self());
  }

  /**
   * As {@link #sqrt()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor sqrt_() {
    return SQRT.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #sqrt()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor sqrtOut(Tensor out) {
    return SQRT.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** The reciprocal of the square root of each element. */
  PointwiseOp RSQRT = PointwiseOp.unary("rsqrt", Expression::rsqrt).on(PointwiseDomain.POSITIVE);

  /**
   * The reciprocal of the square root of each element.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor rsqrt() {
    return RSQRT.apply(self());
  }

  /**
   * As {@link #rsqrt()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor rsqrt_() {
    return RSQRT.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #rsqrt()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor rsqrtOut(Tensor out) {
    return RSQRT.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** The reciprocal of each element. */
  PointwiseOp RECIPROCAL =
      PointwiseOp.unary("reciprocal", Expression::reciprocal).on(PointwiseDomain.POSITIVE);

  /**
   * The reciprocal of each element.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor reciprocal() {
    return RECIPROCAL.apply(self());
  }

  /**
   * As {@link #reciprocal()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor reciprocal_() {
    return RECIPROCAL.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #reciprocal()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor reciprocalOut(Tensor out) {
    return RECIPROCAL.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** e to the power of each element. */
  PointwiseOp EXP = PointwiseOp.unary("exp", Expression::exp);

  /**
   * e to the power of each element.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor exp() {
    return EXP.apply(self());
  }

  /**
   * As {@link #exp()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor exp_() {
    return EXP.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #exp()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor expOut(Tensor out) {
    return EXP.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** e to the power of each element, less one, without cancellation near 0. */
  PointwiseOp EXPM1 = PointwiseOp.unary("expm1", Expression::expm1);

  /**
   * e to the power of each element, less one, without cancellation near 0.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor expm1() {
    return EXPM1.apply(self());
  }

  /**
   * As {@link #expm1()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor expm1_() {
    return EXPM1.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #expm1()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor expm1Out(Tensor out) {
    return EXPM1.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** The natural logarithm of each element. */
  PointwiseOp LOG = PointwiseOp.unary("log", Expression::log).on(PointwiseDomain.POSITIVE);

  /**
   * The natural logarithm of each element.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor log() {
    return LOG.apply(self());
  }

  /**
   * As {@link #log()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor log_() {
    return LOG.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #log()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor logOut(Tensor out) {
    return LOG.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** The natural logarithm of one plus each element, exact near 0. */
  PointwiseOp LOG1P = PointwiseOp.unary("log1p", Expression::log1p).on(PointwiseDomain.UNIT);

  /**
   * The natural logarithm of one plus each element, exact near 0.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor log1p() {
    return LOG1P.apply(self());
  }

  /**
   * As {@link #log1p()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor log1p_() {
    return LOG1P.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #log1p()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor log1pOut(Tensor out) {
    return LOG1P.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** The error function of each element. */
  PointwiseOp ERF = PointwiseOp.unary("erf", Expression::erf);

  /**
   * The error function of each element.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor erf() {
    return ERF.apply(self());
  }

  /**
   * As {@link #erf()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor erf_() {
    return ERF.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #erf()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor erfOut(Tensor out) {
    return ERF.applyOut(out, new Tensor[] {self()}, 0, 0);
  }
}
