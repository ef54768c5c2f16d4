package dev.gatun.autograd;

import dev.gatun.kernels.pointwise.Expression;

/**
 * Elements held within bounds that are tensors, or that are given on one side alone, and the larger
 * and the smaller one of those that are numbers.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface Bounding {
  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  private static Expression unlessNaN(Expression x, Expression bound, Expression otherwise) {
    Expression nan = x.isNaN().logicalOr(bound.isNaN());
    return Expression.select(nan, Expression.constant(Double.NaN), otherwise);
  }

  /** The larger one, element by element; the other one where one is NaN. */
  PointwiseOp FMAX =
      PointwiseOp.binary("fmax", (x, y) -> Expression.select(x.ge(y).logicalOr(y.isNaN()), x, y))
          .typed(TypeRule.PROMOTE);

  /**
   * The larger one, element by element; the other one where one is NaN.
   *
   * @param other the other operand; the shapes broadcast
   * @return a new tensor of the common shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor fmax(Tensor other) {
    return FMAX.apply(self(), other);
  }

  /**
   * As {@link #fmax(Tensor)}, into a given tensor.
   *
   * @param other the other operand
   * @param out the tensor to write, of the common shape; may be an operand
   * @return {@code out}
   */
  default Tensor fmaxOut(Tensor other, Tensor out) {
    return FMAX.applyOut(out, new Tensor[] {self(), other}, 0, 0);
  }

  /** The smaller one, element by element; the other one where one is NaN. */
  PointwiseOp FMIN =
      PointwiseOp.binary("fmin", (x, y) -> Expression.select(x.le(y).logicalOr(y.isNaN()), x, y))
          .typed(TypeRule.PROMOTE);

  /**
   * The smaller one, element by element; the other one where one is NaN.
   *
   * @param other the other operand; the shapes broadcast
   * @return a new tensor of the common shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor fmin(Tensor other) {
    return FMIN.apply(self(), other);
  }

  /**
   * As {@link #fmin(Tensor)}, into a given tensor.
   *
   * @param other the other operand
   * @param out the tensor to write, of the common shape; may be an operand
   * @return {@code out}
   */
  default Tensor fminOut(Tensor other, Tensor out) {
    return FMIN.applyOut(out, new Tensor[] {self(), other}, 0, 0);
  }

  /** The elements, or bounds where they are below these; NaN where either is. */
  PointwiseOp CLAMP_MIN =
      PointwiseOp.binary(
              "clamp_min",
              (x, bound) -> unlessNaN(x, bound, Expression.select(x.lt(bound), bound, x)))
          .typed(TypeRule.PROMOTE);

  /**
   * The elements, or bounds where they are below these; NaN where either is.
   *
   * @param other the other operand; the shapes broadcast
   * @return a new tensor of the common shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor clampMin(Tensor other) {
    return CLAMP_MIN.apply(self(), other);
  }

  /**
   * As {@link #clampMin(Tensor)}, in place.
   *
   * @param other the other operand; broadcasts to this shape
   * @return this tensor
   * @throws dev.gatun.memory.ShapeException when the other operand does not broadcast to this shape
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor clampMin_(Tensor other) {
    return CLAMP_MIN.applyInPlace(new Tensor[] {self(), other}, 0, 0);
  }

  /**
   * As {@link #clampMin(Tensor)}, into a given tensor.
   *
   * @param other the other operand
   * @param out the tensor to write, of the common shape; may be an operand
   * @return {@code out}
   */
  default Tensor clampMinOut(Tensor other, Tensor out) {
    return CLAMP_MIN.applyOut(out, new Tensor[] {self(), other}, 0, 0);
  }

  /**
   * As {@link Extrema#clamp(double, double)}, with one bound.
   *
   * @param bound the lowest value of the result
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ArgumentException when the bound is NaN
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Tensor clampMin(double bound) {
    return self().openFor("clamp_min").clamp(bound, Double.POSITIVE_INFINITY);
  }

  /**
   * As {@link #clampMin(double)}, exact for int64 beyond 2^53 too.
   *
   * @param bound the lowest value of the result
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Tensor clampMin(long bound) {
    if (!Scalars.needsExact(self(), bound)) {
      return clampMin((double) bound);
    }
    try (Tensor exact = Scalars.exact(self(), bound)) {
      return clampMin(exact);
    }
  }

  /**
   * As {@link #clampMin(double)}, in place.
   *
   * @param bound the lowest value of the result
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   * @throws dev.gatun.memory.ArgumentException when the bound is NaN
   */
  default Tensor clampMin_(double bound) {
    return self().openFor("clamp_min_").clamp_(bound, Double.POSITIVE_INFINITY);
  }

  /**
   * As {@link #clampMin_(double)}, exact for int64 beyond 2^53 too.
   *
   * @param bound the lowest value of the result
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor clampMin_(long bound) {
    if (!Scalars.needsExact(self(), bound)) {
      return clampMin_((double) bound);
    }
    try (Tensor exact = Scalars.exact(self(), bound)) {
      return clampMin_(exact);
    }
  }

  /** The elements, or bounds where they are above these; NaN where either is. */
  PointwiseOp CLAMP_MAX =
      PointwiseOp.binary(
              "clamp_max",
              (x, bound) -> unlessNaN(x, bound, Expression.select(x.gt(bound), bound, x)))
          .typed(TypeRule.PROMOTE);

  /**
   * The elements, or bounds where they are above these; NaN where either is.
   *
   * @param other the other operand; the shapes broadcast
   * @return a new tensor of the common shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor clampMax(Tensor other) {
    return CLAMP_MAX.apply(self(), other);
  }

  /**
   * As {@link #clampMax(Tensor)}, in place.
   *
   * @param other the other operand; broadcasts to this shape
   * @return this tensor
   * @throws dev.gatun.memory.ShapeException when the other operand does not broadcast to this shape
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor clampMax_(Tensor other) {
    return CLAMP_MAX.applyInPlace(new Tensor[] {self(), other}, 0, 0);
  }

  /**
   * As {@link #clampMax(Tensor)}, into a given tensor.
   *
   * @param other the other operand
   * @param out the tensor to write, of the common shape; may be an operand
   * @return {@code out}
   */
  default Tensor clampMaxOut(Tensor other, Tensor out) {
    return CLAMP_MAX.applyOut(out, new Tensor[] {self(), other}, 0, 0);
  }

  /**
   * As {@link Extrema#clamp(double, double)}, with one bound.
   *
   * @param bound the highest value of the result
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ArgumentException when the bound is NaN
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Tensor clampMax(double bound) {
    return self().openFor("clamp_max").clamp(Double.NEGATIVE_INFINITY, bound);
  }

  /**
   * As {@link #clampMax(double)}, exact for int64 beyond 2^53 too.
   *
   * @param bound the highest value of the result
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Tensor clampMax(long bound) {
    if (!Scalars.needsExact(self(), bound)) {
      return clampMax((double) bound);
    }
    try (Tensor exact = Scalars.exact(self(), bound)) {
      return clampMax(exact);
    }
  }

  /**
   * As {@link #clampMax(double)}, in place.
   *
   * @param bound the highest value of the result
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   * @throws dev.gatun.memory.ArgumentException when the bound is NaN
   */
  default Tensor clampMax_(double bound) {
    return self().openFor("clamp_max_").clamp_(Double.NEGATIVE_INFINITY, bound);
  }

  /**
   * As {@link #clampMax_(double)}, exact for int64 beyond 2^53 too.
   *
   * @param bound the highest value of the result
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor clampMax_(long bound) {
    if (!Scalars.needsExact(self(), bound)) {
      return clampMax_((double) bound);
    }
    try (Tensor exact = Scalars.exact(self(), bound)) {
      return clampMax_(exact);
    }
  }

  /**
   * The elements held within bounds, each with its own; NaN where one of the three is. A gradient
   * goes to a bound where an element is beyond it, to a lower bound only below the upper one.
   */
  PointwiseOp CLAMP_TENSOR =
      PointwiseOp.ternary("clamp_tensor", Expression::clampWithin)
          .typed(TypeRule.NUMERIC)
          .pytorch("torch.clamp(a, b, c)");

  /**
   * Holds each element within its own bounds; NaN where one of the three is.
   *
   * @param low the lowest values of the result; the shapes broadcast
   * @param high the highest values of the result; win where below {@code low}
   * @return a new tensor of the common shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.DTypeException when all are of bool
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor clamp(Tensor low, Tensor high) {
    return CLAMP_TENSOR.apply(self(), low, high);
  }

  /**
   * As {@link #clamp(Tensor, Tensor)}, in place.
   *
   * @param low the lowest values of the result; broadcast to this shape
   * @param high the highest values of the result; win where below {@code low}
   * @return this tensor
   * @throws dev.gatun.memory.ShapeException when a bound does not broadcast to this shape
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor clamp_(Tensor low, Tensor high) {
    return CLAMP_TENSOR.applyInPlace(new Tensor[] {self(), low, high}, 0, 0);
  }
}
