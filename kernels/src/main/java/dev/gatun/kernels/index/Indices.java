package dev.gatun.kernels.index;

import dev.gatun.memory.IndexRangeException;
import dev.gatun.memory.StridedArray;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Reads and checks arrays of indices. */
final class Indices {
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.nativeOrder());

  private Indices() {}

  /** Reads an index; a negative one counts from the end of an axis. */
  static long get(MemorySegment indices, long offset, long size) {
    long index = indices.get(LONG, offset);
    return index < 0 ? index + size : index;
  }

  /** Throws unless every index addresses an axis of the given size, from either end. */
  static void check(String operation, StridedArray indices, int axis, long size) {
    check(operation, indices, axis, size, -size);
  }

  /** Throws unless every index addresses an axis of the given size from its start. */
  static void checkNotNegative(String operation, StridedArray indices, int axis, long size) {
    check(operation, indices, axis, size, 0);
  }

  private static void check(
      String operation, StridedArray indices, int axis, long size, long lowest) {
    var segment = indices.segment();
    long count = indices.layout().numel();
    for (long i = 0; i < count; i++) {
      long index = segment.get(LONG, RowMajor.offset(indices, i));
      if (index < lowest || index >= size) {
        throw new IndexRangeException(
            operation
                + ": index "
                + index
                + " (number "
                + i
                + ") is outside axis "
                + axis
                + " of size "
                + size);
      }
    }
  }
}
