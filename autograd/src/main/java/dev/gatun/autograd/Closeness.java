package dev.gatun.autograd;

import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;

/**
 * Whether tensors are the same, or nearly.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface Closeness {
  /** PyTorch's default for the distance relative to the other element. */
  double RTOL = 1e-5;

  /** PyTorch's default for the distance that is always allowed. */
  double ATOL = 1e-8;

  /** Distances of longs up to here, as doubles give them, are certainly longs. */
  double EXACT_BELOW = 0x1p62;

  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  /**
   * Tells for each element whether it is close to another: equal, or both finite and no further
   * apart than {@code atol + rtol * |other|}. Integers are compared as integers.
   *
   * @param other the other elements; the shapes broadcast
   * @param rtol the distance relative to the other element
   * @param atol the distance that is always allowed
   * @param equalNan whether NaN is close to NaN
   * @return a new bool tensor of the common shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws ArgumentException when a distance is negative
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor isclose(Tensor other, double rtol, double atol, boolean equalNan) {
    if (!(rtol >= 0) || !(atol >= 0)) {
      throw new ArgumentException(
          "isclose: rtol " + rtol + " and atol " + atol + ": they are not negative");
    }
    self().checkOpen("isclose");
    other.checkOpen("isclose");
    try (NoGrad off = NoGrad.open()) {
      Tensor x = number(self());
      Tensor y = number(other);
      boolean whole = !self().dtype().isFloatingPoint() && !other.dtype().isFloatingPoint();
      Tensor a = whole ? self().to(DType.INT64) : x;
      Tensor b = whole ? other.to(DType.INT64) : y;
      Tensor close = a.eq(b);
      if (whole && rtol == 0 && atol == 0) {
        return close;
      }
      if (equalNan) {
        close = close.logicalOr(x.isnan().logicalAnd(y.isnan()));
      }
      Tensor distance = x.sub(y).abs();
      if (whole) {
        // Exact, but where the difference of two longs is no long.
        Tensor exact = a.sub(b).abs().to(DType.FLOAT64);
        distance = Gatun.where(distance.lt(EXACT_BELOW), exact, distance);
      }
      Tensor allowed = y.mul(rtol).abs().add(atol);
      return close.logicalOr(distance.isfinite().logicalAnd(distance.le(allowed)));
    }
  }

  private static Tensor number(Tensor x) {
    return x.dtype().isFloatingPoint() ? x : x.to(DType.FLOAT64);
  }

  /**
   * Tells for each element whether it is close to another, by PyTorch's defaults.
   *
   * @param other the other elements; the shapes broadcast
   * @return a new bool tensor of the common shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor isclose(Tensor other) {
    return isclose(other, RTOL, ATOL, false);
  }

  /**
   * Tells whether all elements are close to others, as in {@link #isclose(Tensor, double, double,
   * boolean)}.
   *
   * @param other the other elements; the shapes broadcast
   * @param rtol the distance relative to the other element
   * @param atol the distance that is always allowed
   * @return whether they are
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws ArgumentException when a distance is negative
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default boolean allclose(Tensor other, double rtol, double atol) {
    return isclose(other, rtol, atol, false).all().item() != 0;
  }

  /**
   * Tells whether all elements are close to others, by PyTorch's defaults.
   *
   * @param other the other elements; the shapes broadcast
   * @return whether they are
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default boolean allclose(Tensor other) {
    return allclose(other, RTOL, ATOL);
  }

  /**
   * Tells whether two tensors have the same shape and equal elements; NaN equals nothing.
   *
   * @param other the other tensor
   * @return whether they are equal
   * @throws dev.gatun.memory.ClosedTensorException when a tensor is closed
   */
  default boolean equal(Tensor other) {
    self().checkOpen("equal");
    other.checkOpen("equal");
    return self().shape().equals(other.shape()) && self().eq(other).all().item() != 0;
  }
}
