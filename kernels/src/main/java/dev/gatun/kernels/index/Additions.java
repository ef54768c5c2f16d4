package dev.gatun.kernels.index;

import dev.gatun.kernels.specialize.NativeMemory;
import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Adds runs of elements to others of the same type. Strides are in bytes. */
final class Additions {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.nativeOrder());
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.nativeOrder());

  private Additions() {}

  static void run(
      RunAddition gapless,
      DType type,
      MemorySegment out,
      long outOffset,
      long outStride,
      MemorySegment in,
      long inOffset,
      long inStride,
      long count) {
    if (type == DType.FLOAT32) {
      if (outStride == Float.BYTES && inStride == Float.BYTES && count <= Integer.MAX_VALUE) {
        gapless.add(out, outOffset, in, inOffset, (int) count);
        return;
      }
      float32(
          NativeMemory.of(out),
          outOffset,
          outStride,
          NativeMemory.of(in),
          inOffset,
          inStride,
          count);
      return;
    }
    for (long i = 0; i < count; i++) {
      one(type, out, outOffset + i * outStride, in, inOffset + i * inStride);
    }
  }

  private static void float32(
      MemorySegment out,
      long outOffset,
      long outStride,
      MemorySegment in,
      long inOffset,
      long inStride,
      long count) {
    for (long i = 0; i < count; i++) {
      long at = outOffset + i * outStride;
      out.set(FLOAT, at, out.get(FLOAT, at) + in.get(FLOAT, inOffset + i * inStride));
    }
  }

  static void one(DType type, MemorySegment out, long outOffset, MemorySegment in, long inOffset) {
    if (type == DType.FLOAT32) {
      out.set(FLOAT, outOffset, out.get(FLOAT, outOffset) + in.get(FLOAT, inOffset));
    } else if (type == DType.FLOAT64) {
      out.set(DOUBLE, outOffset, out.get(DOUBLE, outOffset) + in.get(DOUBLE, inOffset));
    } else if (type.isFloatingPoint()) {
      type.setDouble(out, outOffset, type.getDouble(out, outOffset) + type.getDouble(in, inOffset));
    } else {
      type.setLong(out, outOffset, type.getLong(out, outOffset) + type.getLong(in, inOffset));
    }
  }
}
