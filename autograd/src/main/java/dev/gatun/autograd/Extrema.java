package dev.gatun.autograd;

import dev.gatun.kernels.pointwise.Expression;
import dev.gatun.memory.DType;

/**
 * Bounds and magnitudes, element by element.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface Extrema {
  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  /** The larger one, element by element; NaN where either is. */
  PointwiseOp MAXIMUM = PointwiseOp.binary("maximum", Expression::maximum).typed(TypeRule.PROMOTE);

  /**
   * The larger one, element by element; NaN where either is.
   *
   * @param other the other operand; the shapes broadcast
   * @return a new tensor of the common shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor maximum(Tensor other) {
    return MAXIMUM.apply(self(), other);
  }

  /**
   * As {@link #maximum(Tensor)}, in place.
   *
   * @param other the other operand; broadcasts to this shape
   * @return this tensor
   * @throws dev.gatun.memory.ShapeException when the other operand does not broadcast to this shape
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor maximum_(Tensor other) {
    return MAXIMUM.applyInPlace(new Tensor[] {self(), other}, 0, 0);
  }

  /**
   * As {@link #maximum(Tensor)}, into a given tensor.
   *
   * @param other the other operand
   * @param out the tensor to write, of the common shape; may be an operand
   * @return {@code out}
   */
  default Tensor maximumOut(Tensor other, Tensor out) {
    return MAXIMUM.applyOut(out, new Tensor[] {self(), other}, 0, 0);
  }

  /** The smaller one, element by element; NaN where either is. */
  PointwiseOp MINIMUM = PointwiseOp.binary("minimum", Expression::minimum).typed(TypeRule.PROMOTE);

  /**
   * The smaller one, element by element; NaN where either is.
   *
   * @param other the other operand; the shapes broadcast
   * @return a new tensor of the common shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor minimum(Tensor other) {
    return MINIMUM.apply(self(), other);
  }

  /**
   * As {@link #minimum(Tensor)}, in place.
   *
   * @param other the other operand; broadcasts to this shape
   * @return this tensor
   * @throws dev.gatun.memory.ShapeException when the other operand does not broadcast to this shape
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor minimum_(Tensor other) {
    return MINIMUM.applyInPlace(new Tensor[] {self(), other}, 0, 0);
  }

  /**
   * As {@link #minimum(Tensor)}, into a given tensor.
   *
   * @param other the other operand
   * @param out the tensor to write, of the common shape; may be an operand
   * @return {@code out}
   */
  default Tensor minimumOut(Tensor other, Tensor out) {
    return MINIMUM.applyOut(out, new Tensor[] {self(), other}, 0, 0);
  }

  /** The elements held within bounds; NaN stays. */
  PointwiseOp CLAMP =
      PointwiseOp.unary("clamp", x -> x.clamp(Expression.parameter(0), Expression.parameter(1)))
          .typed(TypeRule.COUNTING)
          .pytorch("torch.clamp(a, p, q)");

  /**
   * Holds each element within bounds; NaN stays. Truth values become int64.
   *
   * @param low the lowest value of the result
   * @param high the highest value of the result; wins when below {@code low}
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   * @throws dev.gatun.memory.ArgumentException when a bound is NaN
   */
  default Tensor clamp(double low, double high) {
    return CLAMP.apply(self(), Scalars.boundedType("clamp", self(), low, high), low, high);
  }

  /**
   * As {@link #clamp(double, double)}, exact for int64 beyond 2^53 too.
   *
   * @param low the lowest value of the result
   * @param high the highest value of the result; wins when below {@code low}
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor clamp(long low, long high) {
    if (!Scalars.needsExact(self(), low, high)) {
      return clamp((double) low, (double) high);
    }
    try (Tensor lowest = Scalars.exact(self(), low);
        Tensor highest = Scalars.exact(self(), high)) {
      return self().clamp(lowest, highest);
    }
  }

  /**
   * As {@link #clamp(double, double)}, in place.
   *
   * @param low the lowest value of the result
   * @param high the highest value of the result; wins when below {@code low}
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   * @throws dev.gatun.memory.ArgumentException when a bound is NaN
   */
  default Tensor clamp_(double low, double high) {
    DType common = Scalars.boundedType("clamp_", self(), low, high);
    return CLAMP.applyInPlace(new Tensor[] {self()}, common, low, high);
  }

  /**
   * As {@link #clamp(long, long)}, in place.
   *
   * @param low the lowest value of the result
   * @param high the highest value of the result; wins when below {@code low}
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor clamp_(long low, long high) {
    if (!Scalars.needsExact(self(), low, high)) {
      return clamp_((double) low, (double) high);
    }
    try (Tensor lowest = Scalars.exact(self(), low);
        Tensor highest = Scalars.exact(self(), high)) {
      return self().clamp_(lowest, highest);
    }
  }

  /**
   * As {@link #clamp(double, double)}, into a given tensor.
   *
   * @param low the lowest value of the result
   * @param high the highest value of the result; wins when below {@code low}
   * @param out the tensor to write, of this shape
   * @return {@code out}
   * @throws dev.gatun.memory.ArgumentException when a bound is NaN
   */
  default Tensor clampOut(double low, double high, Tensor out) {
    DType common = Scalars.boundedType("clamp", self(), low, high);
    return CLAMP.applyOut(out, new Tensor[] {self()}, common, low, high);
  }

  /** The absolute value of each element. */
  PointwiseOp ABS = PointwiseOp.unary("abs", Expression::abs).typed(TypeRule.NUMERIC);

  /**
   * The absolute value of each element.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor abs() {
    return ABS.apply(self());
  }

  /**
   * As {@link #abs()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor abs_() {
    return ABS.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #abs()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor absOut(Tensor out) {
    return ABS.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** -1, 0 or 1 by the sign of each element. */
  PointwiseOp SIGN = PointwiseOp.unary("sign", Expression::sign).typed(TypeRule.PROMOTE);

  /**
   * -1, 0 or 1 by the sign of each element.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor sign() {
    return SIGN.apply(self());
  }

  /**
   * As {@link #sign()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor sign_() {
    return SIGN.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #sign()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor signOut(Tensor out) {
    return SIGN.applyOut(out, new Tensor[] {self()}, 0, 0);
  }
}
