package dev.gatun.autograd;

import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import org.jspecify.annotations.Nullable;

/** How rows vary together, over observations that may have weights. */
final class Covariance {
  private static final int[] OBSERVATIONS = {1};

  private Covariance() {}

  static Tensor of(
      Tensor x, double correction, @Nullable Tensor counts, @Nullable Tensor importance) {
    x.checkOpen("cov");
    if (x.rank() > 2) {
      throw new ShapeException("cov: " + x.shape() + ": at most two axes");
    }
    if (x.dtype() == DType.BOOL) {
      throw new DTypeException("cov: bool: the elements are numbers");
    }
    Tensor rows = x.rank() == 2 ? x : x.reshape(1, -1);
    DType dtype = x.dtype().toFloatingPoint();
    Tensor numbers = RoundedOnce.widened(rows.to(dtype));
    Tensor weights = weights(rows.size(1), counts, importance);
    if (weights == null) {
      Tensor apart = numbers.sub(numbers.mean(OBSERVATIONS, true));
      Tensor products = apart.matmul(apart.transpose(0, 1));
      Tensor mean = products.div(Math.max(rows.size(1) - correction, 0));
      return RoundedOnce.narrowed(mean, dtype).squeeze();
    }
    DType result = DType.promote(dtype, weights.dtype());
    weights = RoundedOnce.widened(weights);
    Tensor sum = weights.sum();
    if (sum.item() == 0) {
      throw new ArgumentException("cov: weights whose sum is 0");
    }
    Tensor mean = numbers.mul(weights).sum(OBSERVATIONS, true).div(sum);
    Tensor apart = numbers.sub(mean);
    Tensor weighted = apart.mul(weights);
    DType common = DType.promote(apart.dtype(), weighted.dtype());
    Tensor products = apart.to(common).matmul(weighted.to(common).transpose(0, 1));
    Tensor divisor =
        importance == null || correction == 0
            ? sum.sub(correction)
            : sum.sub(weights.mul(importance).sum().div(sum).mul(correction));
    return RoundedOnce.narrowed(products.div(divisor.clampMin(0)), result).squeeze();
  }

  /** Returns the weights of the observations; null where all are 1. */
  private static @Nullable Tensor weights(
      long observations, @Nullable Tensor counts, @Nullable Tensor importance) {
    if (counts != null) {
      check("counts", counts, observations);
      if (!counts.dtype().isIntegral()) {
        throw new DTypeException("cov: counts of " + counts.dtype() + ": they are integers");
      }
    }
    if (importance != null) {
      check("importance", importance, observations);
      if (!importance.dtype().isFloatingPoint()) {
        throw new DTypeException(
            "cov: importance of " + importance.dtype() + ": it is floating point");
      }
    }
    return counts == null || importance == null
        ? counts == null ? importance : counts
        : counts.mul(importance);
  }

  private static void check(String what, Tensor weights, long observations) {
    weights.checkOpen("cov");
    if (!weights.shape().equals(Shape.of(observations))) {
      throw new ShapeException(
          "cov: "
              + what
              + " of "
              + weights.shape()
              + " for "
              + observations
              + " observations: a vector with one for each");
    }
    if (weights.lt(0).any().item() != 0) {
      throw new ArgumentException("cov: " + what + " that are negative");
    }
  }
}
