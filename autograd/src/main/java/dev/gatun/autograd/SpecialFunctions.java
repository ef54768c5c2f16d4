package dev.gatun.autograd;

import dev.gatun.kernels.pointwise.Expression;
import dev.gatun.memory.ArgumentException;

/**
 * The error function's and the gamma function's kin, element by element. Derivatives of {@link
 * #digamma()} beyond the first have no vector form and run slowly.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface SpecialFunctions {
  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  /** One less the error function of each element, without cancellation. */
  PointwiseOp ERFC = PointwiseOp.unary("erfc", Expression::erfc);

  /**
   * One less the error function of each element, without cancellation.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor erfc() {
    return ERFC.apply(self());
  }

  /**
   * As {@link #erfc()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor erfc_() {
    return ERFC.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #erfc()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor erfcOut(Tensor out) {
    return ERFC.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** The inverse of the error function of each element; NaN beyond -1 and 1. */
  PointwiseOp ERFINV =
      PointwiseOp.unary("erfinv", Expression::erfinv).on(PointwiseDomain.UNIT).steep();

  /**
   * The inverse of the error function of each element; NaN beyond -1 and 1.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor erfinv() {
    return ERFINV.apply(self());
  }

  /**
   * As {@link #erfinv()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor erfinv_() {
    return ERFINV.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #erfinv()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor erfinvOut(Tensor out) {
    return ERFINV.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** The logarithm of the magnitude of the gamma function of each element. */
  PointwiseOp LGAMMA = PointwiseOp.unary("lgamma", Expression::lgamma).on(PointwiseDomain.POSITIVE);

  /**
   * The logarithm of the magnitude of the gamma function of each element.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor lgamma() {
    return LGAMMA.apply(self());
  }

  /**
   * As {@link #lgamma()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor lgamma_() {
    return LGAMMA.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #lgamma()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor lgammaOut(Tensor out) {
    return LGAMMA.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** The derivative of the logarithm of the gamma function at each element. */
  PointwiseOp DIGAMMA =
      PointwiseOp.unary("digamma", Expression::digamma).on(PointwiseDomain.POSITIVE);

  /**
   * The derivative of the logarithm of the gamma function at each element.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor digamma() {
    return DIGAMMA.apply(self());
  }

  /**
   * As {@link #digamma()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor digamma_() {
    return DIGAMMA.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #digamma()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor digammaOut(Tensor out) {
    return DIGAMMA.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** The first derivative of {@link #DIGAMMA} at each element. */
  PointwiseOp TRIGAMMA = Polygammas.declare("trigamma", 1).pytorch("torch.polygamma(1, a)");

  /**
   * The derivative of {@link #digamma()} of an order, at each element.
   *
   * @param order the order, not negative: 0 for {@link #digamma()} itself
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ArgumentException when the order is negative
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Tensor polygamma(int order) {
    if (order < 0) {
      throw new ArgumentException("polygamma: order " + order + ": it is not negative");
    }
    self().checkOpen("polygamma");
    return switch (order) {
      case 0 -> digamma();
      case 1 -> TRIGAMMA.apply(self());
      default -> Polygammas.of(order).apply(self());
    };
  }
}
