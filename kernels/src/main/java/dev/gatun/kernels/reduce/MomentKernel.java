package dev.gatun.kernels.reduce;

import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;

/**
 * Sums what elements exceed an origin by, and the squares of what they exceed a mean by, in float64
 * and plain Java. The mean is told by its distance from the origin, so that elements that nearly
 * equal each other, of which the origin is one, lose nothing.
 */
class MomentKernel {
  /** So few that sums of equal elements, whose roundings all go one way, are off by few units. */
  private static final int LEAF = 16;

  private final DType type;

  MomentKernel(DType type) {
    this.type = type;
  }

  /** Sums {@code x - origin} over elements that are {@code stride} bytes apart. */
  double excess(MemorySegment in, long offset, long stride, int count, double origin) {
    if (count > LEAF) {
      int half = count >>> 1;
      return excess(in, offset, stride, half, origin)
          + excess(in, offset + half * stride, stride, count - half, origin);
    }
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += type.getDouble(in, offset + i * stride) - origin;
    }
    return sum;
  }

  /** Sums {@code (x - origin - mean)^2} over elements that are {@code stride} bytes apart. */
  double squares(
      MemorySegment in, long offset, long stride, int count, double origin, double mean) {
    if (count > LEAF) {
      int half = count >>> 1;
      return squares(in, offset, stride, half, origin, mean)
          + squares(in, offset + half * stride, stride, count - half, origin, mean);
    }
    double sum = 0;
    for (int i = 0; i < count; i++) {
      double deviation = type.getDouble(in, offset + i * stride) - origin - mean;
      sum += deviation * deviation;
    }
    return sum;
  }
}
