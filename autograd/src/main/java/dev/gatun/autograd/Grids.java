package dev.gatun.autograd;

import dev.gatun.kernels.Kernels;
import dev.gatun.kernels.random.Generator;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;

/** Positions in grids, and positions drawn at random. */
final class Grids {
  private Grids() {}

  /** The rows and columns of the elements of a triangle, in row-major order. */
  static Tensor triangle(String name, long rows, long columns, long diagonal, boolean upper) {
    if (rows < 0 || columns < 0) {
      throw new ShapeException(name + ": " + rows + " by " + columns + ": sizes are not negative");
    }
    Tensor whole = Gatun.ones(DType.BOOL, Shape.of(rows, columns));
    Tensor part = upper ? whole.triu(diagonal) : whole.tril(diagonal);
    return part.nonzero().permute(1, 0).contiguous();
  }

  private static void checkChances(Tensor chances, long count, boolean replacement) {
    if (!chances.dtype().isFloatingPoint()) {
      throw new DTypeException(
          "multinomial: " + chances.describe() + ": the weights are floating point");
    }
    if (chances.rank() < 1 || chances.rank() > 2) {
      throw new ShapeException("multinomial: " + chances.shape() + ": a vector or rows of weights");
    }
    if (count < 1 || !replacement && count > chances.size(-1)) {
      throw new ArgumentException(
          "multinomial: "
              + count
              + " of "
              + chances.size(-1)
              + ": one at least, and without replacement no more than there are");
    }
    if (chances.isfinite().logicalAnd(chances.ge(0)).all().item() == 0) {
      throw new ArgumentException("multinomial: a weight is negative, infinite or NaN");
    }
    Tensor possible = chances.gt(0).sum(-1);
    long fewest = possible.numel() == 0 ? count : possible.min().itemLong();
    if (fewest < (replacement ? 1 : count)) {
      throw new ArgumentException(
          "multinomial: " + count + " of " + fewest + " with a weight: too few");
    }
  }

  /** Draws positions with chances in proportion to weights. */
  static Tensor draw(Tensor weights, long count, boolean replacement, Generator generator) {
    weights.checkOpen("multinomial");
    try (NoGrad off = NoGrad.open()) {
      Tensor given = weights.detach();
      checkChances(given, count, replacement);
      Tensor chances = given.to(DType.FLOAT64);
      if (replacement) {
        Tensor sums = chances.cumsum(-1);
        long last = sums.size(-1) - 1;
        Tensor chosen =
            Devices.at(
                    chances,
                    () ->
                        Gatun.rand(
                            DType.FLOAT64,
                            chances.shape().with(chances.rank() - 1, count),
                            generator))
                .mul(sums.narrow(-1, last, 1));
        return sums.searchsorted(chosen, true).clamp(0, last);
      }
      // Of exponential waiting times with these rates, the shortest are those drawn first.
      Tensor waiting = Gatun.emptyLike(chances);
      Kernels.providerOf(waiting).random().exponential(waiting, 1, generator);
      return chances.div(waiting).topk(count, -1, true).indices();
    }
  }
}
