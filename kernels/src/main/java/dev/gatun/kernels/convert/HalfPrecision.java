package dev.gatun.kernels.convert;

import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Runs of half-precision elements to float32 and back, with the rounding of {@link DType}: to the
 * nearest, ties to even; NaN stays NaN.
 *
 * <p>The work is done block by block in arrays, where the JIT compiler makes vector code of plain
 * loops: it has instructions for binary16 that the Vector API does not offer.
 */
public final class HalfPrecision {
  private static final int BLOCK = 1024;
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final ThreadLocal<HalfPrecision> OF_THREAD =
      ThreadLocal.withInitial(HalfPrecision::new);

  private static final int MAGNITUDE = 0x7fff_ffff;
  private static final int INFINITY = 0x7f80_0000;
  private static final int QUIET = 0x40;

  private final short[] halves = new short[BLOCK];
  private final int[] bits = new int[BLOCK];
  private final float[] singles = new float[BLOCK];

  private HalfPrecision() {}

  /**
   * Tells whether a type is one of those converted here.
   *
   * @param dtype the type
   * @return whether it is float16 or bfloat16
   */
  public static boolean isHalf(DType dtype) {
    return dtype == DType.FLOAT16 || dtype == DType.BFLOAT16;
  }

  /**
   * Widens elements that lie one after another. Exact. Allocates nothing in the steady state.
   *
   * @param type the type of the elements read: float16 or bfloat16
   * @param out where the floats go
   * @param outOffset where the first of them goes, in bytes
   * @param in where the halves are
   * @param inOffset where the first of them is, in bytes
   * @param count the number of elements
   */
  public static void toFloat32(
      DType type, MemorySegment out, long outOffset, MemorySegment in, long inOffset, long count) {
    checkHalf(type);
    var scratch = OF_THREAD.get();
    for (long start = 0; start < count; start += BLOCK) {
      int length = (int) Math.min(BLOCK, count - start);
      MemorySegment.copy(in, SHORT, inOffset + start * Short.BYTES, scratch.halves, 0, length);
      long to = outOffset + start * Float.BYTES;
      if (type == DType.FLOAT16) {
        widenBinary16(scratch.singles, scratch.halves, length);
        MemorySegment.copy(scratch.singles, 0, out, FLOAT, to, length);
      } else {
        widenBrain(scratch.bits, scratch.halves, length);
        MemorySegment.copy(scratch.bits, 0, out, INT, to, length);
      }
    }
  }

  /**
   * Narrows elements that lie one after another. Allocates nothing in the steady state.
   *
   * @param type the type of the elements written: float16 or bfloat16
   * @param out where the halves go
   * @param outOffset where the first of them goes, in bytes
   * @param in where the floats are
   * @param inOffset where the first of them is, in bytes
   * @param count the number of elements
   */
  public static void fromFloat32(
      DType type, MemorySegment out, long outOffset, MemorySegment in, long inOffset, long count) {
    checkHalf(type);
    var scratch = OF_THREAD.get();
    for (long start = 0; start < count; start += BLOCK) {
      int length = (int) Math.min(BLOCK, count - start);
      long from = inOffset + start * Float.BYTES;
      if (type == DType.FLOAT16) {
        MemorySegment.copy(in, FLOAT, from, scratch.singles, 0, length);
        narrowBinary16(scratch.halves, scratch.singles, length);
      } else {
        MemorySegment.copy(in, INT, from, scratch.bits, 0, length);
        narrowBrain(scratch.halves, scratch.bits, length);
      }
      MemorySegment.copy(scratch.halves, 0, out, SHORT, outOffset + start * Short.BYTES, length);
    }
  }

  private static void checkHalf(DType type) {
    if (!isHalf(type)) {
      throw new ArgumentException("half precision: " + type + ": float16 or bfloat16");
    }
  }

  private static void widenBinary16(float[] out, short[] in, int length) {
    for (int i = 0; i < length; i++) {
      out[i] = Float.float16ToFloat(in[i]);
    }
  }

  private static void narrowBinary16(short[] out, float[] in, int length) {
    for (int i = 0; i < length; i++) {
      out[i] = Float.floatToFloat16(in[i]);
    }
  }

  private static void widenBrain(int[] out, short[] in, int length) {
    // Two loops, since one that changes width and computes does not become vector code.
    for (int i = 0; i < length; i++) {
      out[i] = in[i];
    }
    for (int i = 0; i < length; i++) {
      out[i] = out[i] << Short.SIZE;
    }
  }

  private static void narrowBrain(short[] out, int[] in, int length) {
    for (int i = 0; i < length; i++) {
      int bits = in[i];
      int high = bits >>> Short.SIZE;
      int rounded = (bits + 0x7fff + (high & 1)) >>> Short.SIZE;
      // All ones for NaN: a branch would keep this from becoming vector code.
      int nan = (INFINITY - (bits & MAGNITUDE)) >> (Integer.SIZE - 1);
      in[i] = rounded & ~nan | (high | QUIET) & nan;
    }
    for (int i = 0; i < length; i++) {
      out[i] = (short) in[i];
    }
  }
}
