package dev.gatun.autograd;

import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.ShapeException;

/** The distances of {@link Statistics}. */
final class Distances {
  /** From this many rows on, Euclidean distances are taken from products of matrices. */
  private static final int ROWS_FOR_PRODUCTS = 26;

  private Distances() {}

  /** Returns the distances of each row to each other row. */
  static Tensor ofRows(Tensor x, Tensor y, double p) {
    x.checkOpen("cdist");
    y.checkOpen("cdist");
    if (x.rank() < 2 || y.rank() < 2 || x.size(-1) != y.size(-1)) {
      throw new ShapeException("cdist: " + x.shape() + " to " + y.shape() + ": rows of one length");
    }
    if (!(p >= 0)) {
      throw new ArgumentException("cdist: p " + p + ": it is not negative");
    }
    if (!x.dtype().isFloatingPoint() || !y.dtype().isFloatingPoint()) {
      throw new DTypeException(
          "cdist: " + x.dtype() + " to " + y.dtype() + ": the points are floating point");
    }
    if (RoundedOnce.isNarrow(x.dtype()) || RoundedOnce.isNarrow(y.dtype())) {
      Tensor distances = ofRows(RoundedOnce.widened(x), RoundedOnce.widened(y), p);
      return RoundedOnce.narrowed(distances, DType.promote(x.dtype(), y.dtype()));
    }
    if (p == 2 && Math.max(x.size(-2), y.size(-2)) >= ROWS_FOR_PRODUCTS) {
      return byProducts(x, y);
    }
    // The greatest of no differences is 0, as is their sum.
    double norm = x.size(-1) == 0 ? 1 : p;
    return x.unsqueeze(-2).sub(y.unsqueeze(-3)).norm(norm, -1);
  }

  private static Tensor byProducts(Tensor x, Tensor y) {
    int[] last = {-1};
    Tensor ofX = x.square().sum(last, true);
    Tensor ofY = y.square().sum(last, true).mT();
    Tensor squares = ofX.add(ofY).sub(x.matmul(y.mT()).mul(2)).clampMin(0);
    // The root has an infinite slope at zero; the distance of a point to itself has none.
    Tensor same = squares.eq(0);
    return squares.maskedFill(same, 1).sqrt().maskedFill(same, 0);
  }
}
