package dev.gatun.kernels.index;

import dev.gatun.kernels.specialize.NativeMemory;
import dev.gatun.memory.IndexRangeException;
import dev.gatun.memory.StridedArray;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.nio.ByteOrder;

/** Reads and checks arrays of indices. */
final class Indices {
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.nativeOrder());

  /** Loops count in int; a wrong index ends the search early. */
  private static final int AT_ONCE = 1 << 15;

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
    if (indices.layout().isContiguous() && areWithin(indices, count, lowest, size)) {
      return;
    }
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

  /** Looks at indices without gaps; which one is wrong is found out otherwise. */
  private static boolean areWithin(StridedArray indices, long count, long lowest, long size) {
    var segment = indices.segment();
    long start = indices.byteOffset();
    boolean are = true;
    for (long done = 0; are && done < count; done += AT_ONCE) {
      int now = (int) Math.min(AT_ONCE, count - done);
      are = areWithin(segment, start + done * Long.BYTES, now, lowest, size);
    }
    Reference.reachabilityFence(indices);
    return are;
  }

  private static boolean areWithin(
      MemorySegment indices, long offset, int count, long lowest, long size) {
    var segment = NativeMemory.of(indices);
    // Negative as soon as one of the differences is.
    long signs = 0;
    for (int i = 0; i < count; i++) {
      long index = segment.get(LONG, offset + (long) i * Long.BYTES);
      signs |= (index - lowest) | (size - 1 - index);
    }
    return signs >= 0;
  }
}
