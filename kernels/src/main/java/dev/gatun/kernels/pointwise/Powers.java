package dev.gatun.kernels.pointwise;

import org.jspecify.annotations.Nullable;

/** Powers of numbers, and of formulas to constant exponents. */
final class Powers {
  private Powers() {}

  /**
   * Power as C defines it, which differs from {@link Math#pow} for 1 to the NaN and -1 to the
   * infinity.
   */
  static double power(double x, double y) {
    if (x == 1 || x == -1 && Double.isInfinite(y)) {
      return 1;
    }
    return Math.pow(x, y);
  }

  /** The logarithm to base 2, exact for powers of 2. */
  static double log2(double x) {
    if (!(x >= Double.MIN_NORMAL && x < Double.POSITIVE_INFINITY)) {
      return Math.log(x) / Math.log(2);
    }
    int exponent = Math.getExponent(x);
    double significand = Math.scalb(x, -exponent);
    // Halved where that brings it nearer to 1, so that nothing cancels just below a power.
    return significand > 4.0 / 3
        ? exponent + 1 + Math.log(significand / 2) / Math.log(2)
        : exponent + Math.log(significand) / Math.log(2);
  }

  /** Power by squaring, wrapping; a negative exponent gives the integer part of the reciprocal. */
  static long power(long x, long y) {
    if (y < 0) {
      return x == 1 ? 1 : x == -1 ? (y & 1) == 0 ? 1 : -1 : 0;
    }
    long result = 1;
    long square = x;
    for (long rest = y; rest != 0; rest >>= 1) {
      if ((rest & 1) != 0) {
        result *= square;
      }
      square *= square;
    }
    return result;
  }

  /**
   * The power without {@code pow} where a few multiplications or a root do, or null: whatever type
   * the formula is of, so no reciprocals, which integers have none of.
   */
  static @Nullable Expression expand(Expression x, double exponent) {
    if (exponent == 0) {
      return Expression.constant(1);
    } else if (exponent == 1) {
      return x;
    } else if (exponent == 2) {
      return x.mul(x);
    } else if (exponent == 3) {
      return x.mul(x).mul(x);
    } else if (exponent == 0.5) {
      return x.sqrt();
    } else if (exponent == -0.5) {
      return x.rsqrt();
    }
    return null;
  }
}
