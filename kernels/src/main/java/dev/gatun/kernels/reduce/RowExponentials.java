package dev.gatun.kernels.reduce;

import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;

/**
 * Exponentials and sums along rows whose elements lie side by side, in float64 and plain Java for
 * every element type. Offsets are in bytes. Holds no state.
 */
class RowExponentials {
  private final DType type;

  RowExponentials(DType type) {
    this.type = type;
  }

  final DType type() {
    return type;
  }

  /** Finds the largest element; NaN may be passed over, the exponentials will show it. */
  double largest(MemorySegment in, long offset, int length) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < length; i++) {
      largest = Math.max(largest, type.getDouble(in, offset + ((long) i << type.byteShift())));
    }
    return largest;
  }

  /** Sums {@code exp(x - shift)}. */
  double sum(MemorySegment in, long offset, int length, double shift) {
    double sum = 0;
    for (int i = 0; i < length; i++) {
      sum += Math.exp(type.getDouble(in, offset + ((long) i << type.byteShift())) - shift);
    }
    return sum;
  }

  /** Sums {@code x - shift}. */
  double shiftedSum(MemorySegment in, long offset, int length, double shift) {
    double sum = 0;
    for (int i = 0; i < length; i++) {
      sum += type.getDouble(in, offset + ((long) i << type.byteShift())) - shift;
    }
    return sum;
  }

  /** Sums {@code (x - shift) * weight}. */
  double shiftedSum(
      MemorySegment in,
      long offset,
      int length,
      double shift,
      MemorySegment weights,
      long weightsOffset) {
    double sum = 0;
    for (int i = 0; i < length; i++) {
      long along = (long) i << type.byteShift();
      double weight = type.getDouble(weights, weightsOffset + along);
      sum += weight * (type.getDouble(in, offset + along) - shift);
    }
    return sum;
  }

  /** Writes {@code exp(x - shift) * scale - minus}. */
  void combine(
      MemorySegment out,
      long outOffset,
      MemorySegment in,
      long offset,
      int length,
      double shift,
      double scale,
      double minus) {
    for (int i = 0; i < length; i++) {
      long along = (long) i << type.byteShift();
      double y = Math.exp(type.getDouble(in, offset + along) - shift) * scale - minus;
      type.setDouble(out, outOffset + along, y);
    }
  }

  /** Writes {@code exp(x - shift)} and returns the sum; {@code out} may be {@code in}. */
  double write(
      MemorySegment out, long outOffset, MemorySegment in, long offset, int length, double shift) {
    double sum = 0;
    for (int i = 0; i < length; i++) {
      long along = (long) i << type.byteShift();
      double y = Math.exp(type.getDouble(in, offset + along) - shift);
      type.setDouble(out, outOffset + along, y);
      sum += y;
    }
    return sum;
  }

  /** Multiplies elements by a factor. */
  void scale(MemorySegment out, long offset, int length, double factor) {
    for (int i = 0; i < length; i++) {
      long at = offset + ((long) i << type.byteShift());
      type.setDouble(out, at, type.getDouble(out, at) * factor);
    }
  }

  /** Adds other elements to elements. */
  void add(MemorySegment out, long offset, MemorySegment in, long inOffset, int length) {
    for (int i = 0; i < length; i++) {
      long along = (long) i << type.byteShift();
      double sum = type.getDouble(out, offset + along) + type.getDouble(in, inOffset + along);
      type.setDouble(out, offset + along, sum);
    }
  }
}
