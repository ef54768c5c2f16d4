package dev.gatun.autograd;

import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import org.jspecify.annotations.Nullable;

/**
 * How elements are spread, how rows go together, and how far points lie apart. As in {@link
 * Reductions}, axes may be counted from the end, and gradients flow through.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface Statistics {
  /** What stands between two elements of which neither is the quantile. */
  enum Interpolation {
    /** The point between them, in proportion. */
    LINEAR,
    /** The smaller one. */
    LOWER,
    /** The larger one. */
    HIGHER,
    /** The point half-way. */
    MIDPOINT,
    /** The nearer one, the one of an even place where both are as near. */
    NEAREST
  }

  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  /**
   * Returns the variance and the mean along axes.
   *
   * @param axes the axes; none means all of them
   * @param correction what is subtracted from the number of elements: 1 (Bessel) for the unbiased
   *     estimate, 0 for the population's variance
   * @param keepdim whether folded axes stay, with size 1
   * @return new tensors
   * @throws ShapeException when there is no such axis, or one is named twice
   * @throws DTypeException when this tensor is not floating point
   */
  default Moments varMean(int[] axes, double correction, boolean keepdim) {
    return new Moments(self().var(axes, correction, keepdim), self().mean(axes, keepdim));
  }

  /**
   * Returns the unbiased variance and the mean along axes, which are taken out.
   *
   * @param axes the axes; none means all of them
   * @return new tensors
   * @throws ShapeException when there is no such axis, or one is named twice
   * @throws DTypeException when this tensor is not floating point
   */
  default Moments varMean(int... axes) {
    return varMean(axes, 1, false);
  }

  /**
   * Returns the standard deviation and the mean along axes.
   *
   * @param axes the axes; none means all of them
   * @param correction what is subtracted from the number of elements
   * @param keepdim whether folded axes stay, with size 1
   * @return new tensors
   * @throws ShapeException when there is no such axis, or one is named twice
   * @throws DTypeException when this tensor is not floating point
   */
  default Moments stdMean(int[] axes, double correction, boolean keepdim) {
    return new Moments(self().std(axes, correction, keepdim), self().mean(axes, keepdim));
  }

  /**
   * Returns the unbiased standard deviation and the mean along axes, which are taken out.
   *
   * @param axes the axes; none means all of them
   * @return new tensors
   * @throws ShapeException when there is no such axis, or one is named twice
   * @throws DTypeException when this tensor is not floating point
   */
  default Moments stdMean(int... axes) {
    return stdMean(axes, 1, false);
  }

  // ---- quantiles

  private static Tensor part(Tensor x, double q) {
    return x.newFull(Shape.scalar(), q);
  }

  /**
   * Returns the elements below which given parts of an axis lie; NaN where a line holds one.
   *
   * @param q the parts, from 0 to 1: a scalar, or a vector, for which the result has one axis more,
   *     the first
   * @param axis the axis
   * @param keepdim whether the axis stays, with size 1
   * @param interpolation what stands between two elements
   * @return a new tensor
   * @throws ShapeException when there is no such axis, there are no elements, or {@code q} has more
   *     than one axis
   * @throws DTypeException when the tensors are not both of float32 or of float64
   * @throws ArgumentException when a part is not within 0 to 1
   */
  default Tensor quantile(Tensor q, int axis, boolean keepdim, Interpolation interpolation) {
    return Quantiles.along("quantile", self(), q, axis, keepdim, interpolation, false);
  }

  /**
   * Returns the element below which a part of an axis lies; NaN where a line holds one.
   *
   * @param q the part, from 0 to 1
   * @param axis the axis
   * @param keepdim whether the axis stays, with size 1
   * @return a new tensor
   * @throws ShapeException when there is no such axis or there are no elements
   * @throws DTypeException when this tensor is not of float32 or float64
   * @throws ArgumentException when the part is not within 0 to 1
   */
  default Tensor quantile(double q, int axis, boolean keepdim) {
    return quantile(part(self(), q), axis, keepdim, Interpolation.LINEAR);
  }

  /**
   * Returns the element below which a part of all elements lies; NaN if there is one.
   *
   * @param q the part, from 0 to 1
   * @return a new scalar
   * @throws ShapeException when there are no elements
   * @throws DTypeException when this tensor is not of float32 or float64
   * @throws ArgumentException when the part is not within 0 to 1
   */
  default Tensor quantile(double q) {
    return self().openFor("quantile").reshape(-1).quantile(q, 0, false);
  }

  /**
   * As {@link #quantile(Tensor, int, boolean, Interpolation)} without regard to NaN; NaN where
   * there is nothing else.
   *
   * @param q the parts, from 0 to 1: a scalar, or a vector, for which the result has one axis more,
   *     the first
   * @param axis the axis
   * @param keepdim whether the axis stays, with size 1
   * @param interpolation what stands between two elements
   * @return a new tensor
   * @throws ShapeException when there is no such axis, there are no elements, or {@code q} has more
   *     than one axis
   * @throws DTypeException when the tensors are not both of float32 or of float64
   * @throws ArgumentException when a part is not within 0 to 1
   */
  default Tensor nanquantile(Tensor q, int axis, boolean keepdim, Interpolation interpolation) {
    return Quantiles.along("nanquantile", self(), q, axis, keepdim, interpolation, true);
  }

  /**
   * As {@link #quantile(double, int, boolean)} without regard to NaN; NaN where there is nothing
   * else.
   *
   * @param q the part, from 0 to 1
   * @param axis the axis
   * @param keepdim whether the axis stays, with size 1
   * @return a new tensor
   * @throws ShapeException when there is no such axis or there are no elements
   * @throws DTypeException when this tensor is not of float32 or float64
   * @throws ArgumentException when the part is not within 0 to 1
   */
  default Tensor nanquantile(double q, int axis, boolean keepdim) {
    return nanquantile(part(self(), q), axis, keepdim, Interpolation.LINEAR);
  }

  /**
   * As {@link #quantile(double)} without regard to NaN; NaN where there is nothing else.
   *
   * @param q the part, from 0 to 1
   * @return a new scalar
   * @throws ShapeException when there are no elements
   * @throws DTypeException when this tensor is not of float32 or float64
   * @throws ArgumentException when the part is not within 0 to 1
   */
  default Tensor nanquantile(double q) {
    return self().openFor("nanquantile").reshape(-1).nanquantile(q, 0, false);
  }

  // ---- rows that go together

  /**
   * Returns how rows vary together: each row is a variable, each column an observation of all.
   *
   * @param correction what is subtracted from the number of observations: 1 (Bessel) for the
   *     unbiased estimate
   * @return a new square matrix; a scalar for a vector, or a scalar
   * @throws ShapeException when this tensor has more than two axes
   * @throws DTypeException when this tensor is of bool
   */
  default Tensor cov(double correction) {
    return cov(correction, null, null);
  }

  /**
   * As {@link #cov(double)}, of observations with weights.
   *
   * @param correction what is subtracted from the number of observations
   * @param counts how often each was made ({@code fweights}): integers, not negative; null for once
   * @param importance how much each counts ({@code aweights}): floating point, not negative; null
   *     for all the same
   * @return a new square matrix; a scalar for a vector, or a scalar
   * @throws ShapeException when this tensor has more than two axes, or there is not one weight for
   *     each observation
   * @throws DTypeException when this tensor is of bool, or weights are of another type
   * @throws ArgumentException when a weight is negative, or their sum is 0
   * @throws dev.gatun.memory.PlanException when there are weights and this thread is capturing a
   *     plan: they are looked at
   */
  default Tensor cov(double correction, @Nullable Tensor counts, @Nullable Tensor importance) {
    return Covariance.of(self(), correction, counts, importance);
  }

  /**
   * Returns how rows vary together, as the unbiased estimate.
   *
   * @return a new square matrix; a scalar for a vector, or a scalar
   * @throws ShapeException when this tensor has more than two axes
   * @throws DTypeException when this tensor is of bool
   */
  default Tensor cov() {
    return cov(1);
  }

  /**
   * Returns the coefficients of correlation of rows.
   *
   * @return a new square matrix with 1 on the diagonal; a scalar for a vector, or a scalar
   * @throws ShapeException when this tensor has more than two axes
   * @throws DTypeException when this tensor is of bool
   */
  default Tensor corrcoef() {
    Tensor together = RoundedOnce.widened(self().openFor("corrcoef")).cov();
    DType dtype = self().dtype().toFloatingPoint();
    if (together.rank() == 0) {
      return RoundedOnce.narrowed(together.div(together), dtype);
    }
    Tensor deviation = together.diagonal().sqrt();
    Tensor coefficients = together.div(deviation.unsqueeze(1)).div(deviation.unsqueeze(0));
    return RoundedOnce.narrowed(coefficients, dtype);
  }

  // ---- distances

  /**
   * Returns the p-norm of the difference to another tensor.
   *
   * @param other the other tensor; the shapes broadcast
   * @param p the order of the norm
   * @return a new scalar
   * @throws ShapeException when the shapes do not broadcast
   * @throws DTypeException when the difference is not floating point
   */
  default Tensor dist(Tensor other, double p) {
    return self().openFor("dist").sub(other.openFor("dist")).norm(p);
  }

  /**
   * Returns the Euclidean distance to another tensor.
   *
   * @param other the other tensor; the shapes broadcast
   * @return a new scalar
   * @throws ShapeException when the shapes do not broadcast
   * @throws DTypeException when the difference is not floating point
   */
  default Tensor dist(Tensor other) {
    return dist(other, 2);
  }

  /**
   * Returns the distances of each row of this tensor to each row of another. Euclidean ones between
   * more than 25 rows are taken from products of matrices, which is fast, and less exact where rows
   * nearly agree; others from all differences at once.
   *
   * @param other the other points, of this type, with as many columns; leading axes broadcast
   * @param p the order of the norm, not negative
   * @return a new tensor with a row for each row of this one
   * @throws ShapeException when the shapes do not fit
   * @throws DTypeException when the tensors are not floating point
   * @throws ArgumentException when the order is negative
   */
  default Tensor cdist(Tensor other, double p) {
    return Distances.ofRows(self(), other, p);
  }

  /**
   * Returns the Euclidean distances of each row of this tensor to each row of another.
   *
   * @param other the other points, of this type, with as many columns; leading axes broadcast
   * @return a new tensor with a row for each row of this one
   * @throws ShapeException when the shapes do not fit
   * @throws DTypeException when the tensors are not floating point
   */
  default Tensor cdist(Tensor other) {
    return cdist(other, 2);
  }

  /**
   * Scales down the parts of an axis whose norm is above a bound, so that they reach it.
   *
   * @param p the order of the norm, positive
   * @param axis the axis
   * @param bound the bound
   * @return a new tensor of this shape
   * @throws ShapeException when there is no such axis, or there are fewer than two
   * @throws DTypeException when this tensor is not floating point
   * @throws ArgumentException when the order is not positive or the bound is negative
   */
  default Tensor renorm(double p, int axis, double bound) {
    Tensor x = self();
    x.checkOpen("renorm");
    if (x.rank() < 2) {
      throw new ShapeException("renorm: " + x.shape() + ": at least two axes");
    }
    if (!(p > 0) || !(bound >= 0)) {
      throw new ArgumentException(
          "renorm: p " + p + " and bound " + bound + ": positive, and not negative");
    }
    int at = x.shape().normalizeAxis("renorm", axis);
    int[] others = new int[x.rank() - 1];
    for (int i = 0; i < others.length; i++) {
      others[i] = i < at ? i : i + 1;
    }
    Tensor wide = RoundedOnce.widened(x);
    Tensor norm = wide.norm(p, others, true);
    Tensor scale = norm.add(1e-7).rdiv(bound);
    Tensor scaled = wide.mul(Gatun.where(norm.gt(bound), scale, Gatun.onesLike(scale)));
    return RoundedOnce.narrowed(scaled, x.dtype());
  }
}
