package dev.gatun.kernels.index;

import dev.gatun.kernels.convert.HalfPrecision;
import dev.gatun.kernels.specialize.NativeMemory;
import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Converts runs of elements from one type to another. Strides are in bytes. */
final class Conversions {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.nativeOrder());
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.nativeOrder());
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.nativeOrder());

  private Conversions() {}

  static void run(
      DType outType,
      MemorySegment outSegment,
      long outOffset,
      long outStride,
      DType inType,
      MemorySegment inSegment,
      long inOffset,
      long inStride,
      long count) {
    var out = NativeMemory.of(outSegment);
    var in = NativeMemory.of(inSegment);
    if (outType == DType.FLOAT32
        && HalfPrecision.isHalf(inType)
        && inStride == Short.BYTES
        && outStride == Float.BYTES) {
      HalfPrecision.toFloat32(inType, out, outOffset, in, inOffset, count);
    } else if (inType == DType.FLOAT32
        && HalfPrecision.isHalf(outType)
        && inStride == Float.BYTES
        && outStride == Short.BYTES) {
      HalfPrecision.fromFloat32(outType, out, outOffset, in, inOffset, count);
    } else if (outType == DType.FLOAT32) {
      toFloat32(out, outOffset, outStride, inType, in, inOffset, inStride, count);
    } else if (outType == DType.FLOAT64 && inType == DType.FLOAT32) {
      for (long i = 0; i < count; i++) {
        out.set(DOUBLE, outOffset + i * outStride, in.get(FLOAT, inOffset + i * inStride));
      }
    } else {
      general(outType, out, outOffset, outStride, inType, in, inOffset, inStride, count);
    }
  }

  private static void toFloat32(
      MemorySegment outSegment,
      long outOffset,
      long outStride,
      DType inType,
      MemorySegment inSegment,
      long inOffset,
      long inStride,
      long count) {
    var out = NativeMemory.of(outSegment);
    var in = NativeMemory.of(inSegment);
    switch (inType) {
      case FLOAT64 -> {
        for (long i = 0; i < count; i++) {
          double x = in.get(DOUBLE, inOffset + i * inStride);
          out.set(FLOAT, outOffset + i * outStride, (float) x);
        }
      }
      case INT64 -> {
        for (long i = 0; i < count; i++) {
          long x = in.get(LONG, inOffset + i * inStride);
          out.set(FLOAT, outOffset + i * outStride, (float) x);
        }
      }
      case UINT8 -> {
        for (long i = 0; i < count; i++) {
          int x = in.get(ValueLayout.JAVA_BYTE, inOffset + i * inStride) & 0xff;
          out.set(FLOAT, outOffset + i * outStride, x);
        }
      }
      case BOOL -> {
        for (long i = 0; i < count; i++) {
          byte x = in.get(ValueLayout.JAVA_BYTE, inOffset + i * inStride);
          out.set(FLOAT, outOffset + i * outStride, x != 0 ? 1f : 0f);
        }
      }
      default ->
          general(DType.FLOAT32, out, outOffset, outStride, inType, in, inOffset, inStride, count);
    }
  }

  private static void general(
      DType outType,
      MemorySegment out,
      long outOffset,
      long outStride,
      DType inType,
      MemorySegment in,
      long inOffset,
      long inStride,
      long count) {
    if (inType.isFloatingPoint()) {
      for (long i = 0; i < count; i++) {
        double x = inType.getDouble(in, inOffset + i * inStride);
        outType.setDouble(out, outOffset + i * outStride, x);
      }
    } else {
      for (long i = 0; i < count; i++) {
        long x = inType.getLong(in, inOffset + i * inStride);
        outType.setLong(out, outOffset + i * outStride, x);
      }
    }
  }
}
