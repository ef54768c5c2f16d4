package dev.gatun.kernels.reduce;

import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;

/**
 * The inner loops of one {@link Reduction} over one element type. Offsets and strides are in bytes.
 *
 * <p>A folded value travels as 64 raw bits, of a double or of a long, which only its own kernel
 * understands.
 */
abstract class FoldKernel {
  /** Returns the fold of no elements. */
  abstract long identity();

  /** Combines two folded values. */
  abstract long combine(long a, long b);

  /** Folds {@code count} (at least 1) elements that are {@code stride} apart. */
  abstract long row(MemorySegment in, long offset, long stride, int count);

  /**
   * Folds rows that are {@code rowStride} apart as {@link #row} does, and writes each as {@link
   * #store} does, {@code outStride} apart.
   */
  void rows(
      MemorySegment in,
      long offset,
      long rowStride,
      long rows,
      long stride,
      int count,
      MemorySegment out,
      DType outType,
      long outOffset,
      long outStride,
      double divisor) {
    for (long row = 0; row < rows; row++) {
      long value = row(in, offset + row * rowStride, stride, count);
      store(out, outType, outOffset + row * outStride, value, divisor);
    }
  }

  /**
   * Folds each of {@code columns} columns of {@code rows} (at least 1) elements and writes the
   * results side by side, as {@link #partialType()}, each divided by {@code divisor}.
   */
  abstract void columns(
      MemorySegment in,
      long offset,
      long rowStride,
      int rows,
      long columnStride,
      int columns,
      MemorySegment out,
      long outOffset,
      double divisor);

  /** Returns the type as which {@link #columns} writes. */
  abstract DType partialType();

  /** Reads what {@link #columns} wrote. */
  abstract long partial(MemorySegment segment, long offset);

  /** Writes a folded value, divided by {@code divisor}, as an element of any type. */
  abstract void store(MemorySegment out, DType type, long offset, long value, double divisor);
}
