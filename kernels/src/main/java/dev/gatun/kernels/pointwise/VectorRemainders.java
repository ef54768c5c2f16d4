package dev.gatun.kernels.pointwise;

/**
 * Remainders and whole quotients of divisions in vector code, exact like those of scalar code,
 * where the quotient is moderate. Huge quotients and infinite divisors are left to scalar code;
 * what is NaN, as the rest of a division by 0, is so by the formula.
 *
 * <p>Why this is exact. With magnitudes {@code a} and {@code b} and n = floor(a / b), the quotient
 * rounded to a number and then to an integer is q = n or q = n + 1: both roundings are monotonic,
 * and n and n + 1 are numbers and integers themselves, since n + 1 is at most 2 to the power of the
 * bits of a fraction. A fused multiply-add rounds {@code a - q * b} once; there is nothing to
 * round:
 *
 * <ul>
 *   <li>If a is at least the largest power of 2 in b, the difference is a multiple of b's last
 *       place, and not above b in magnitude, so it has no more bits than b.
 *   <li>Else a is below b and n = 0. If q = 0, the difference is a itself. If q = 1, a / b rounds
 *       to more than a half, so a is more than half of b, and the difference of two numbers within
 *       a factor of 2 is exact.
 * </ul>
 *
 * <p>Subnormal numbers are no exception: all of them are multiples of the smallest one. For q = n
 * the difference is the remainder; for q = n + 1 it is the remainder less b, so negative, and
 * adding b gives the remainder, which is a number by the same argument.
 */
final class VectorRemainders {
  private VectorRemainders() {}

  /** What truncated division leaves. */
  static VectorValue fmod(VectorCode code, VectorValue x, VectorValue y) {
    return code.replaceLanes(
        "fmod", moderate(code, x, y), x, y, isExtreme(code, x, y, integersFrom(code)));
  }

  /** What floor division leaves. */
  static VectorValue remainder(VectorCode code, VectorValue x, VectorValue y) {
    var rest = moderate(code, x, y);
    var zero = code.constant(0);
    var opposed = code.logicalXor(code.compare("LT", rest, zero), code.compare("LT", y, zero));
    var wraps = code.logicalAnd(code.compare("NE", rest, zero), opposed);
    var wrapped = code.select(wraps, code.add(rest, y), rest);
    return code.replaceLanes("remainder", wrapped, x, y, isExtreme(code, x, y, integersFrom(code)));
  }

  /** The whole quotient towards negative infinity, of which the sign counts where it is 0. */
  static VectorValue floorDivide(VectorCode code, VectorValue x, VectorValue y) {
    var divisor = code.abs(y);
    var integer = nearbyQuotient(code, x, y);
    var difference = code.fma(code.neg(integer), divisor, code.abs(x));
    var zero = code.constant(0);
    var isBelow = code.compare("LT", difference, zero);
    var towardsZero = code.select(isBelow, code.sub(integer, 1), integer);
    var opposed = code.logicalXor(code.compare("LT", x, zero), code.compare("LT", y, zero));
    // The difference is 0 where the rest is, whichever of the two the quotient was.
    var magnitude =
        code.select(
            code.logicalAnd(opposed, code.compare("NE", difference, zero)),
            code.add(towardsZero, 1),
            towardsZero);
    var quotient = code.withSignOf(magnitude, code.mul(x, y));
    var result = code.select(code.compare("NE", y, zero), quotient, code.div(x, y));
    // Beyond, scalar code rounds the quotient of doubles itself.
    double most = code.isSingle() ? integersFrom(code) : 0x1p49;
    return code.replaceLanes("floorDivide", result, x, y, isExtreme(code, x, y, most));
  }

  /** From here on all numbers are integers, and their sum with a smaller one is rounded to one. */
  private static double integersFrom(VectorCode code) {
    return code.isSingle() ? 0x1p23 : 0x1p52;
  }

  private static VectorValue quotient(VectorCode code, VectorValue x, VectorValue y) {
    return code.div(code.abs(x), code.abs(y));
  }

  /**
   * Where the formula does not hold. A divisor of 0 is none of these, so that the unused lanes at
   * the end of a tensor, which are 0, take no time.
   */
  private static VectorValue isExtreme(VectorCode code, VectorValue x, VectorValue y, double most) {
    var huge =
        code.logicalAnd(code.compare("GE", quotient(code, x, y), most), code.compare("NE", y, 0));
    return code.logicalOr(huge, code.compare("EQ", code.abs(y), Double.POSITIVE_INFINITY));
  }

  /** The quotient of magnitudes, rounded to an integer: q of the explanation above. */
  private static VectorValue nearbyQuotient(VectorCode code, VectorValue x, VectorValue y) {
    double integersFrom = integersFrom(code);
    return code.sub(code.add(quotient(code, x, y), integersFrom), integersFrom);
  }

  /** What truncated division leaves where the quotient is moderate. */
  private static VectorValue moderate(VectorCode code, VectorValue x, VectorValue y) {
    var divisor = code.abs(y);
    var integer = nearbyQuotient(code, x, y);
    var difference = code.fma(code.neg(integer), divisor, code.abs(x));
    var magnitude =
        code.select(code.compare("LT", difference, 0), code.add(difference, divisor), difference);
    return code.withSignOf(magnitude, x);
  }
}
