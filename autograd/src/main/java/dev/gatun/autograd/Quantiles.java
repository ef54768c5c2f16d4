package dev.gatun.autograd;

import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;

/** The quantiles of {@link Statistics}: places in sorted lines, and what stands there. */
final class Quantiles {
  private Quantiles() {}

  /** Returns the quantiles of lines along an axis. */
  static Tensor along(
      String operation,
      Tensor x,
      Tensor q,
      int axis,
      boolean keepdim,
      Statistics.Interpolation interpolation,
      boolean numbersOnly) {
    x.checkOpen(operation);
    q.checkOpen(operation);
    if (x.dtype() != DType.FLOAT32 && x.dtype() != DType.FLOAT64 || q.dtype() != x.dtype()) {
      throw new DTypeException(
          operation + ": " + q.dtype() + " of " + x.dtype() + ": both float32 or both float64");
    }
    if (q.rank() > 1) {
      throw new ShapeException(operation + ": " + q.shape() + ": a scalar or a vector");
    }
    if (x.numel() == 0) {
      throw new ShapeException(operation + ": " + x.shape() + ": there are no elements");
    }
    Tensor wanted = q.detach();
    if (wanted.numel() > 0 && wanted.ge(0).logicalAnd(wanted.le(1)).all().item() == 0) {
      throw new ArgumentException(operation + ": parts are within 0 to 1");
    }
    int at = x.shape().normalizeAxis(operation, axis);
    Tensor lines = x.rank() == 0 ? x.reshape(1) : x.movedim(at, -1);
    Tensor sorted = lines.sort(-1).values();
    Tensor place = places(sorted.detach(), wanted.reshape(-1), numbersOnly);
    Tensor result = between(sorted, place, interpolation);
    // The places stand in the last axis: before all others with a vector, else in the axis's stead.
    if (q.rank() == 0) {
      return x.rank() == 0
          ? result.reshape(Shape.scalar())
          : keepdim ? result.movedim(-1, at) : result.squeeze(-1);
    }
    Tensor first = result.movedim(-1, 0);
    return keepdim && x.rank() > 0 ? first.unsqueeze(at + 1) : first;
  }

  /** Where quantiles lie in sorted lines, perhaps between two elements. */
  private static Tensor places(Tensor sorted, Tensor wanted, boolean numbersOnly) {
    try (NoGrad off = NoGrad.open()) {
      Tensor missing = sorted.isnan();
      int[] last = {-1};
      if (numbersOnly) {
        Tensor count = missing.logicalNot().sum(last, true);
        return wanted.mul(count.sub(1L)).clampMin(0);
      }
      // NaN comes last, and is what a line's quantiles are if there is one.
      double end = sorted.size(-1) - 1;
      Tensor any = missing.any(last, true);
      return Gatun.where(any, Gatun.fullLike(wanted, end), wanted.mul(end));
    }
  }

  private static Tensor between(
      Tensor sorted, Tensor place, Statistics.Interpolation interpolation) {
    Tensor rounded =
        switch (interpolation) {
          case LOWER -> place.floor();
          case HIGHER -> place.ceil();
          case NEAREST -> place.round();
          case LINEAR, MIDPOINT -> place;
        };
    Tensor below = sorted.gather(-1, rounded.to(DType.INT64));
    if (rounded != place) {
      return below;
    }
    Tensor above = sorted.gather(-1, place.ceil().to(DType.INT64));
    return interpolation == Statistics.Interpolation.MIDPOINT
        ? below.lerp(above, 0.5)
        : below.lerp(above, place.sub(place.floor()));
  }
}
