package dev.gatun.autograd;

import dev.gatun.memory.DType;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;

/**
 * Which elements are among others, and between which of them they lie. Nothing flows back.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface Membership {
  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  /**
   * Tells for each element whether it is one of others. NaN is none of any.
   *
   * @param others the others, of any shape
   * @return a new bool tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor isin(Tensor others) {
    Tensor x = self();
    x.checkOpen("isin");
    others.checkOpen("isin");
    if (others.numel() == 0 || x.numel() == 0) {
      return Devices.zeros(x, DType.BOOL, x.shape());
    }
    try (NoGrad off = NoGrad.open();
        Scope scope = Scope.open()) {
      DType common = DType.promote(x.dtype(), others.dtype());
      // Truth values have no order of their own.
      DType ordered = common == DType.BOOL ? DType.UINT8 : common;
      Tensor sorted = others.detach().to(ordered).reshape(-1).sort(0).values();
      Tensor wanted = x.detach().to(ordered);
      Tensor place = sorted.searchsorted(wanted, false).clamp(0, sorted.numel() - 1);
      return scope.keep(sorted.take(place).eq(wanted));
    }
  }

  /**
   * As {@link #isin(Tensor)}, turned around where that is wanted.
   *
   * @param others the others, of any shape
   * @param invert whether those that are not among the others are wanted
   * @return a new bool tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor isin(Tensor others, boolean invert) {
    if (!invert) {
      return isin(others);
    }
    try (Tensor among = isin(others)) {
      return among.logicalNot();
    }
  }

  /**
   * Returns for each element between which ascending boundaries it lies: 0 below the first one. NaN
   * lies above all boundaries, those that are NaN included.
   *
   * @param boundaries the boundaries, a vector of this type
   * @param right whether an element that equals a boundary lies above it
   * @return a new int64 tensor of this shape
   * @throws ShapeException when the boundaries are no vector
   * @throws dev.gatun.memory.DTypeException when the types differ or are bool
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor bucketize(Tensor boundaries, boolean right) {
    boundaries.checkOpen("bucketize");
    Shape shape = boundaries.shape();
    if (shape.rank() != 1) {
      throw new ShapeException("bucketize: boundaries of " + shape + ": a vector");
    }
    return Ordering.SEARCHSORTED.applyAs("bucketize", right, boundaries, self());
  }

  /**
   * Returns for each element between which ascending boundaries it lies, those that equal a
   * boundary below it. NaN lies above all boundaries, those that are NaN included.
   *
   * @param boundaries the boundaries, a vector of this type
   * @return a new int64 tensor of this shape
   * @throws ShapeException when the boundaries are no vector
   * @throws dev.gatun.memory.DTypeException when the types differ or are bool
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor bucketize(Tensor boundaries) {
    return bucketize(boundaries, false);
  }
}
