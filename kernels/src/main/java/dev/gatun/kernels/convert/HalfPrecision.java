package dev.gatun.kernels.convert;

import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;

/**
 * Runs of half-precision elements to float32 and back, with the rounding of {@link DType}: to the
 * nearest, ties to even; NaN stays NaN.
 */
public final class HalfPrecision {
  private static final Conversions CONVERSIONS = new Conversions();

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
    CONVERSIONS.run(
        DType.FLOAT32, out, outOffset, Float.BYTES, type, in, inOffset, Short.BYTES, count);
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
    CONVERSIONS.run(
        type, out, outOffset, Short.BYTES, DType.FLOAT32, in, inOffset, Float.BYTES, count);
  }

  private static void checkHalf(DType type) {
    if (!isHalf(type)) {
      throw new ArgumentException("half precision: " + type + ": float16 or bfloat16");
    }
  }
}
