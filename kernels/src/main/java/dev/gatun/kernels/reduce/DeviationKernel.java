package dev.gatun.kernels.reduce;

import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;

/** Sums squared deviations from a given number, in float64 and plain Java. */
class DeviationKernel {
  private static final int LEAF = 128;

  private final DType type;

  DeviationKernel(DType type) {
    this.type = type;
  }

  /** Sums {@code (x - mean)^2} over elements that are {@code stride} bytes apart. */
  double sum(MemorySegment in, long offset, long stride, int count, double mean) {
    if (count > LEAF) {
      int half = count >>> 1;
      return sum(in, offset, stride, half, mean)
          + sum(in, offset + half * stride, stride, count - half, mean);
    }
    double sum = 0;
    for (int i = 0; i < count; i++) {
      double deviation = type.getDouble(in, offset + i * stride) - mean;
      sum += deviation * deviation;
    }
    return sum;
  }
}
