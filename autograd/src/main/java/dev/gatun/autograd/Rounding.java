package dev.gatun.autograd;

import dev.gatun.kernels.pointwise.Expression;
import dev.gatun.memory.DTypeException;

/**
 * Whole numbers near each element.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface Rounding {
  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  /** The largest whole number not above each element. */
  PointwiseOp FLOOR = PointwiseOp.unary("floor", Expression::floor).typed(TypeRule.NUMERIC);

  /**
   * The largest whole number not above each element.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor floor() {
    return FLOOR.apply(self());
  }

  /**
   * As {@link #floor()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor floor_() {
    return FLOOR.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #floor()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor floorOut(Tensor out) {
    return FLOOR.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** The smallest whole number not below each element. */
  PointwiseOp CEIL = PointwiseOp.unary("ceil", Expression::ceil).typed(TypeRule.NUMERIC);

  /**
   * The smallest whole number not below each element.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor ceil() {
    return CEIL.apply(self());
  }

  /**
   * As {@link #ceil()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor ceil_() {
    return CEIL.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #ceil()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor ceilOut(Tensor out) {
    return CEIL.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** The nearest whole number of each element, half to even. */
  PointwiseOp ROUND = PointwiseOp.unary("round", Expression::round).typed(TypeRule.NUMERIC);

  /**
   * The nearest whole number of each element, half to even.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor round() {
    return ROUND.apply(self());
  }

  /**
   * The nearest multiple of a power of ten to each element, half to even: x * 10^decimals, rounded,
   * over 10^decimals. Each of the three steps is rounded to the type, as in PyTorch: what is beyond
   * its range on the way becomes infinite.
   *
   * @param decimals the digits kept behind the decimal point; negative ones clear digits before it
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.DTypeException when this tensor is not floating point
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor round(int decimals) {
    if (!self().openFor("round").dtype().isFloatingPoint()) {
      throw new DTypeException(
          "round: to " + decimals + " decimals of " + self().dtype() + ": of floating point only");
    }
    double power = Math.pow(10, Math.abs(decimals));
    return decimals < 0
        ? self().div(power).round().mul(power)
        : self().mul(power).round().div(power);
  }

  /**
   * As {@link #round()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor round_() {
    return ROUND.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #round()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor roundOut(Tensor out) {
    return ROUND.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** The whole number next to each element towards zero. */
  PointwiseOp TRUNC = PointwiseOp.unary("trunc", Expression::trunc).typed(TypeRule.NUMERIC);

  /**
   * The whole number next to each element towards zero.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor trunc() {
    return TRUNC.apply(self());
  }

  /**
   * As {@link #trunc()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor trunc_() {
    return TRUNC.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #trunc()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor truncOut(Tensor out) {
    return TRUNC.applyOut(out, new Tensor[] {self()}, 0, 0);
  }
}
