package dev.gatun.nn.init;

import dev.gatun.autograd.Tensor;
import dev.gatun.memory.DType;

/** Normally distributed numbers, given that they lie in a range, from uniform ones. */
final class TruncatedNormal {
  private final double mean;
  private final double deviation;
  private final double low;
  private final double high;

  TruncatedNormal(double mean, double deviation, double low, double high) {
    this.mean = mean;
    this.deviation = deviation;
    this.low = low;
    this.high = high;
  }

  /** Maps uniform numbers over [0, 1), contiguous float64, to the distribution. */
  void transform(Tensor uniform) {
    double below = deviation == 0 ? 0 : Normal.cdf((low - mean) / deviation);
    double above = deviation == 0 ? 1 : Normal.cdf((high - mean) / deviation);
    long count = uniform.numel();
    for (long i = 0; i < count; i++) {
      long offset = i << 3;
      double share = DType.FLOAT64.getDouble(uniform.segment(), offset);
      double value = mean;
      if (deviation > 0) {
        value += deviation * Normal.quantile(below + (above - below) * share);
      }
      DType.FLOAT64.setDouble(uniform.segment(), offset, Math.min(Math.max(value, low), high));
    }
  }
}
