package dev.gatun.autograd;

import dev.gatun.kernels.pointwise.Expression;

/**
 * Functions of angles, circular and hyperbolic, element by element.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface Trigonometry {
  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  /** The angle of the point (other, this), in radians. */
  PointwiseOp ATAN2 = PointwiseOp.binary("atan2", Expression::atan2).on(PointwiseDomain.POSITIVE);

  /**
   * The angle of the point (other, this), in radians.
   *
   * @param other the other operand; the shapes broadcast
   * @return a new tensor of the common shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor atan2(Tensor other) {
    return ATAN2.apply(self(), other);
  }

  /**
   * As {@link #atan2(Tensor)}, in place.
   *
   * @param other the other operand; broadcasts to this shape
   * @return this tensor
   * @throws dev.gatun.memory.ShapeException when the other operand does not broadcast to this shape
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor atan2_(Tensor other) {
    return ATAN2.applyInPlace(new Tensor[] {self(), other}, 0, 0);
  }

  /**
   * As {@link #atan2(Tensor)}, into a given tensor.
   *
   * @param other the other operand
   * @param out the tensor to write, of the common shape; may be an operand
   * @return {@code out}
   */
  default Tensor atan2Out(Tensor other, Tensor out) {
    return ATAN2.applyOut(out, new Tensor[] {self(), other}, 0, 0);
  }

  /** The sine of each element, in radians. */
  PointwiseOp SIN = PointwiseOp.unary("sin", Expression::sin);

  /**
   * The sine of each element, in radians.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor sin() {
    return SIN.apply(self());
  }

  /**
   * As {@link #sin()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor sin_() {
    return SIN.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #sin()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor sinOut(Tensor out) {
    return SIN.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** The cosine of each element, in radians. */
  PointwiseOp COS = PointwiseOp.unary("cos", Expression::cos);

  /**
   * The cosine of each element, in radians.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor cos() {
    return COS.apply(self());
  }

  /**
   * As {@link #cos()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor cos_() {
    return COS.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #cos()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor cosOut(Tensor out) {
    return COS.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** The tangent of each element, in radians. */
  PointwiseOp TAN = PointwiseOp.unary("tan", Expression::tan).on(PointwiseDomain.UNIT);

  /**
   * The tangent of each element, in radians.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor tan() {
    return TAN.apply(self());
  }

  /**
   * As {@link #tan()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor tan_() {
    return TAN.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #tan()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor tanOut(Tensor out) {
    return TAN.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** The arc sine of each element, in radians. */
  PointwiseOp ASIN = PointwiseOp.unary("asin", Expression::asin).on(PointwiseDomain.UNIT);

  /**
   * The arc sine of each element, in radians.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor asin() {
    return ASIN.apply(self());
  }

  /**
   * As {@link #asin()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor asin_() {
    return ASIN.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #asin()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor asinOut(Tensor out) {
    return ASIN.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** The arc cosine of each element, in radians. */
  PointwiseOp ACOS = PointwiseOp.unary("acos", Expression::acos).on(PointwiseDomain.UNIT);

  /**
   * The arc cosine of each element, in radians.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor acos() {
    return ACOS.apply(self());
  }

  /**
   * As {@link #acos()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor acos_() {
    return ACOS.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #acos()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor acosOut(Tensor out) {
    return ACOS.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** The arc tangent of each element, in radians. */
  PointwiseOp ATAN = PointwiseOp.unary("atan", Expression::atan);

  /**
   * The arc tangent of each element, in radians.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor atan() {
    return ATAN.apply(self());
  }

  /**
   * As {@link #atan()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor atan_() {
    return ATAN.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #atan()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor atanOut(Tensor out) {
    return ATAN.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** The hyperbolic sine of each element. */
  PointwiseOp SINH = PointwiseOp.unary("sinh", Expression::sinh);

  /**
   * The hyperbolic sine of each element.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor sinh() {
    return SINH.apply(self());
  }

  /**
   * As {@link #sinh()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor sinh_() {
    return SINH.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #sinh()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor sinhOut(Tensor out) {
    return SINH.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** The hyperbolic cosine of each element. */
  PointwiseOp COSH = PointwiseOp.unary("cosh", Expression::cosh);

  /**
   * The hyperbolic cosine of each element.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor cosh() {
    return COSH.apply(self());
  }

  /**
   * As {@link #cosh()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor cosh_() {
    return COSH.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #cosh()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor coshOut(Tensor out) {
    return COSH.applyOut(out, new Tensor[] {self()}, 0, 0);
  }
}
