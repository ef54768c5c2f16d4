package dev.gatun.kernels.index;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Adds float32 elements without gaps to others, in plain Java. Holds no state. */
class RunAddition {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.nativeOrder());

  RunAddition() {}

  /** Adds {@code count} elements at {@code inOffset} to those at {@code outOffset}, in bytes. */
  void add(MemorySegment out, long outOffset, MemorySegment in, long inOffset, int count) {
    for (int i = 0; i < count; i++) {
      long along = (long) i * Float.BYTES;
      float sum = out.get(FLOAT, outOffset + along) + in.get(FLOAT, inOffset + along);
      out.set(FLOAT, outOffset + along, sum);
    }
  }
}
