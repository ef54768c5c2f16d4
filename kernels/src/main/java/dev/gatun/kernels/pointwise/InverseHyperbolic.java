package dev.gatun.kernels.pointwise;

/**
 * The inverse hyperbolic functions in scalar and in vector code, by logarithms whose arguments are
 * written so that nothing cancels near the zeros.
 */
final class InverseHyperbolic {
  private static final double LN2 = Math.log(2);

  /** From here on, in double, the square of a number is not told from the square plus one. */
  private static final double LARGE = 0x1p30;

  /** As {@link #LARGE}, in float. */
  private static final double SINGLE_LARGE = 0x1p13;

  private InverseHyperbolic() {}

  static double asinh(double x) {
    double magnitude = Math.abs(x);
    double value =
        magnitude > LARGE
            ? Math.log(magnitude) + LN2
            : Math.log1p(
                magnitude
                    + magnitude * magnitude / (1 + Math.sqrt(Math.fma(magnitude, magnitude, 1))));
    return Math.copySign(value, x);
  }

  static double acosh(double x) {
    if (x > LARGE) {
      return Math.log(x) + LN2;
    }
    double above = x - 1;
    return above < 0
        ? Double.NaN
        : Math.log1p(above + Math.sqrt(Math.fma(above, above, 2 * above)));
  }

  static double atanh(double x) {
    double magnitude = Math.abs(x);
    return Math.copySign(0.5 * Math.log1p(2 * magnitude / (1 - magnitude)), x);
  }

  private static VectorValue isLarge(VectorCode code, VectorValue magnitude) {
    return code.compare("GT", magnitude, code.isSingle() ? SINGLE_LARGE : LARGE);
  }

  /** {@code log(2 x)}, also where twice x overflows. */
  private static VectorValue logOfTwice(VectorCode code, VectorValue x) {
    return code.add(VectorExponentials.log(code, x), LN2);
  }

  /** Adds asinh to vector code. */
  static VectorValue asinh(VectorCode code, VectorValue x) {
    var magnitude = code.abs(x);
    var root = code.sqrt(code.fma(magnitude, magnitude, 1));
    var above = code.div(code.mul(magnitude, magnitude), code.add(root, 1));
    var moderate = VectorExponentials.unsignedLog1p(code, code.add(magnitude, above));
    return code.withSignOf(
        code.select(isLarge(code, magnitude), logOfTwice(code, magnitude), moderate), x);
  }

  /** Adds acosh to vector code. */
  static VectorValue acosh(VectorCode code, VectorValue x) {
    var above = code.sub(x, 1);
    var root = code.sqrt(code.fma(above, above, code.add(above, above)));
    var moderate = VectorExponentials.unsignedLog1p(code, code.add(above, root));
    var defined = code.select(isLarge(code, x), logOfTwice(code, x), moderate);
    return code.select(code.compare("LT", above, 0), code.constant(Double.NaN), defined);
  }

  /** Adds atanh to vector code. */
  static VectorValue atanh(VectorCode code, VectorValue x) {
    var magnitude = code.abs(x);
    var ratio = code.div(code.add(magnitude, magnitude), code.sub(code.constant(1), magnitude));
    return code.withSignOf(code.mul(VectorExponentials.unsignedLog1p(code, ratio), 0.5), x);
  }
}
