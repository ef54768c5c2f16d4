package dev.gatun.autograd;

import dev.gatun.kernels.pointwise.Expression;

/**
 * Angles, sides of triangles and the inverse hyperbolic functions, element by element.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface Angles {
  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  /** The inverse hyperbolic sine of each element. */
  PointwiseOp ASINH = PointwiseOp.unary("asinh", Expression::asinh);

  /**
   * The inverse hyperbolic sine of each element.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor asinh() {
    return ASINH.apply(self());
  }

  /**
   * As {@link #asinh()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor asinh_() {
    return ASINH.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #asinh()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor asinhOut(Tensor out) {
    return ASINH.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** The inverse hyperbolic cosine of each element; NaN below 1. */
  PointwiseOp ACOSH = PointwiseOp.unary("acosh", Expression::acosh).on(new PointwiseDomain(1.2, 4));

  /**
   * The inverse hyperbolic cosine of each element; NaN below 1.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor acosh() {
    return ACOSH.apply(self());
  }

  /**
   * As {@link #acosh()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor acosh_() {
    return ACOSH.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #acosh()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor acoshOut(Tensor out) {
    return ACOSH.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** The inverse hyperbolic tangent of each element; NaN beyond -1 and 1. */
  PointwiseOp ATANH = PointwiseOp.unary("atanh", Expression::atanh).on(PointwiseDomain.UNIT);

  /**
   * The inverse hyperbolic tangent of each element; NaN beyond -1 and 1.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor atanh() {
    return ATANH.apply(self());
  }

  /**
   * As {@link #atanh()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor atanh_() {
    return ATANH.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #atanh()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor atanhOut(Tensor out) {
    return ATANH.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** Each element, an angle in degrees, in radians. */
  PointwiseOp DEG2RAD = PointwiseOp.unary("deg2rad", x -> x.mul(Math.PI / 180));

  /**
   * Each element, an angle in degrees, in radians.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor deg2rad() {
    return DEG2RAD.apply(self());
  }

  /**
   * As {@link #deg2rad()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor deg2rad_() {
    return DEG2RAD.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #deg2rad()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor deg2radOut(Tensor out) {
    return DEG2RAD.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** Each element, an angle in radians, in degrees. */
  PointwiseOp RAD2DEG = PointwiseOp.unary("rad2deg", x -> x.mul(180 / Math.PI));

  /**
   * Each element, an angle in radians, in degrees.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor rad2deg() {
    return RAD2DEG.apply(self());
  }

  /**
   * As {@link #rad2deg()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor rad2deg_() {
    return RAD2DEG.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #rad2deg()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor rad2degOut(Tensor out) {
    return RAD2DEG.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** The root of the sum of the squares, element by element, without overflow. */
  PointwiseOp HYPOT =
      PointwiseOp.binary("hypot", Expression::hypot).typed(TypeRule.FLOATING_OPERANDS);

  /**
   * The root of the sum of the squares, element by element, without overflow.
   *
   * @param other the other operand; the shapes broadcast
   * @return a new tensor of the common shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor hypot(Tensor other) {
    return HYPOT.apply(self(), other);
  }

  /**
   * As {@link #hypot(Tensor)}, in place.
   *
   * @param other the other operand; broadcasts to this shape
   * @return this tensor
   * @throws dev.gatun.memory.ShapeException when the other operand does not broadcast to this shape
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor hypot_(Tensor other) {
    return HYPOT.applyInPlace(new Tensor[] {self(), other}, 0, 0);
  }

  /**
   * As {@link #hypot(Tensor)}, into a given tensor.
   *
   * @param other the other operand
   * @param out the tensor to write, of the common shape; may be an operand
   * @return {@code out}
   */
  default Tensor hypotOut(Tensor other, Tensor out) {
    return HYPOT.applyOut(out, new Tensor[] {self(), other}, 0, 0);
  }

  /** sin(pi x) / (pi x) of each element, and 1 at 0. */
  PointwiseOp SINC = PointwiseOp.unary("sinc", Expression::sinc);

  /**
   * sin(pi x) / (pi x) of each element, and 1 at 0.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor sinc() {
    return SINC.apply(self());
  }

  /**
   * As {@link #sinc()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor sinc_() {
    return SINC.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #sinc()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor sincOut(Tensor out) {
    return SINC.applyOut(out, new Tensor[] {self()}, 0, 0);
  }
}
