package dev.gatun.autograd;

import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;

/** What operations ask of masks, each by its own name, and the filling that several of them do. */
final class Masks {
  private Masks() {}

  /** Throws unless a mask is open and of truth values. */
  static void check(String operation, Tensor mask) {
    mask.checkOpen(operation);
    if (mask.dtype() != DType.BOOL) {
      throw new DTypeException(operation + ": a mask of " + mask.dtype() + ": the mask is of bool");
    }
  }

  /**
   * Returns a view of a mask in the shape of what is written in place; to be closed.
   *
   * @throws ShapeException when the mask does not broadcast to that shape
   */
  static Tensor over(String operation, Tensor self, Tensor mask) {
    self.checkOpen(operation);
    check(operation, mask);
    Shape shape = self.shape();
    if (!mask.shape().equals(shape)
        && !Shape.broadcast(operation, shape, mask.shape()).equals(shape)) {
      throw new ShapeException(
          operation + ": " + shape + " with a mask of " + mask.shape() + ": it does not broadcast");
    }
    return mask.broadcastTo(shape);
  }

  /** Puts a scalar where a mask is true; an integral type takes its whole part. */
  static Tensor fill(String operation, Tensor x, Tensor mask, double value) {
    x.checkOpen(operation);
    check(operation, mask);
    Scalars.checkFits(operation, x.dtype(), value);
    double filled = x.dtype() != DType.BOOL ? value : value != 0 ? 1 : 0;
    return Logic.MASKED_FILL.apply(mask, x, filled, 0);
  }

  /** As above, of a whole number, exact for int64. */
  static Tensor fill(String operation, Tensor x, Tensor mask, long value) {
    x.checkOpen(operation);
    if (!Scalars.needsExact(x, value)) {
      return fill(operation, x, mask, (double) value);
    }
    check(operation, mask);
    try (Tensor exact = Scalars.exact(x, value)) {
      return exact.where(mask, x);
    }
  }
}
