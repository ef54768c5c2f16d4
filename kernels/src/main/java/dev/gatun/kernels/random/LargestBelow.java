package dev.gatun.kernels.random;

import dev.gatun.memory.DType;

/** Neighbours of numbers among those that a floating-point type can hold. */
public final class LargestBelow {
  private LargestBelow() {}

  /**
   * Returns the largest number of a type that is less than a bound.
   *
   * @param type a floating-point type
   * @param bound the bound
   * @return the number
   */
  public static double of(DType type, double bound) {
    return switch (type) {
      case FLOAT32 -> below((float) bound, bound);
      case FLOAT16 -> {
        short bits = Float.floatToFloat16((float) bound);
        float rounded = Float.float16ToFloat(bits);
        yield rounded < bound ? rounded : Float.float16ToFloat(down(bits));
      }
      case BFLOAT16 -> {
        short bits = DType.floatToBfloat16((float) bound);
        float rounded = DType.bfloat16ToFloat(bits);
        yield rounded < bound ? rounded : DType.bfloat16ToFloat(down(bits));
      }
      default -> Math.nextDown(bound);
    };
  }

  private static double below(float rounded, double bound) {
    return rounded < bound ? rounded : Math.nextDown(rounded);
  }

  /** Returns the pattern of the next number towards negative infinity: sign and magnitude. */
  private static short down(short bits) {
    if (bits == 0) {
      return (short) 0x8001;
    }
    return (short) (bits > 0 ? bits - 1 : bits + 1);
  }
}
