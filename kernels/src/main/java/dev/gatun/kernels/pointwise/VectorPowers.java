package dev.gatun.kernels.pointwise;

/**
 * Powers in vector code. The logarithm is carried as a sum of two numbers, since its error is
 * multiplied by the exponent: results are within 2 ulp for exponents up to some ten, within 6 (12
 * in double) where a large exponent takes a base near 1 to the end of the range. Bases that are
 * subnormal or not finite, and huge exponents, are left to scalar code.
 */
final class VectorPowers {
  private static final double LARGEST_EXPONENT = 1e6;

  /** What rounding to double cuts off of 1 / 3. */
  private static final double THIRD_LOW = 1.850371707708594e-17;

  private VectorPowers() {}

  /** An unevaluated sum. */
  private record Sum(VectorValue high, VectorValue low) {
    /** The exact sum of two numbers, the first of which is 0 or the larger in magnitude. */
    static Sum of(VectorCode code, VectorValue larger, VectorValue smaller) {
      var high = code.add(larger, smaller);
      return new Sum(high, code.sub(smaller, code.sub(high, larger)));
    }

    /** The exact product of two numbers. */
    static Sum ofProduct(VectorCode code, VectorValue x, VectorValue y) {
      var high = code.mul(x, y);
      return new Sum(high, code.fma(x, y, code.neg(high)));
    }

    Sum plusLow(VectorCode code, VectorValue more) {
      return new Sum(high, code.add(low, more));
    }
  }

  static VectorValue pow(VectorCode code, VectorValue x, VectorValue y) {
    var magnitude = code.abs(x);
    var logarithm = log(code, magnitude);
    var exponent =
        Sum.ofProduct(code, y, logarithm.high()).plusLow(code, code.mul(y, logarithm.low()));
    var ofNormal = VectorExponentials.exp(code, exponent.high(), exponent.low());
    var zero = code.compare("EQ", x, 0);
    var value = withSign(code, code.select(zero, ofZero(code, y), ofNormal), x, y);
    double smallestNormal = Precision.of(code).format().smallestNormal();
    var usual =
        code.logicalAnd(
            code.logicalAnd(
                code.logicalOr(zero, code.compare("GE", magnitude, smallestNormal)),
                code.compare("LT", magnitude, Double.POSITIVE_INFINITY)),
            code.compare("LE", code.abs(y), LARGEST_EXPONENT));
    return code.replaceLanes("pow", value, x, y, code.logicalNot(usual));
  }

  /** The power of 0. */
  private static VectorValue ofZero(VectorCode code, VectorValue y) {
    var infinite =
        code.select(
            code.compare("LT", y, 0), code.constant(Double.POSITIVE_INFINITY), code.constant(1));
    return code.select(code.compare("GT", y, 0), code.constant(0), infinite);
  }

  /**
   * The power of a base from that of its magnitude: odd exponents keep the sign, and fractional
   * ones have no power of a negative number.
   */
  private static VectorValue withSign(
      VectorCode code, VectorValue power, VectorValue x, VectorValue y) {
    double toInteger = Precision.of(code).format().toInteger();
    var shifted = code.add(y, toInteger);
    var whole = code.compare("EQ", code.sub(shifted, toInteger), y);
    // The lowest bit of the integer tells odd from even, and becomes the sign bit.
    int lowestToSign = (code.isSingle() ? Integer.SIZE : Long.SIZE) - 1;
    var signIfOdd = code.shiftLeft(code.toBits(shifted), lowestToSign);
    var ofWhole =
        code.fromBits(code.bitsOr(code.toBits(power), code.bitsAnd(signIfOdd, code.toBits(x))));
    var ofFraction = code.select(code.compare("LT", x, 0), code.constant(Double.NaN), power);
    return code.select(whole, ofWhole, ofFraction);
  }

  /** The logarithm of a positive, normal, finite number. */
  private static Sum log(VectorCode code, VectorValue x) {
    var precision = Precision.of(code);
    var format = precision.format();
    // x = 2^e * (1 + f) with 1 + f in [2/3, 4/3)
    var twoThirds = code.bits(format.twoThirds());
    var distance = code.bitsSub(code.toBits(x), twoThirds);
    var e = code.shiftRight(distance, format.fractionBits());
    var fraction = code.bitsAnd(distance, code.bits((1L << format.fractionBits()) - 1));
    var f = code.sub(code.fromBits(code.bitsAdd(fraction, twoThirds)), 1);
    var shifted = code.fromBits(code.bitsAdd(e, code.bits(format.toIntegerBits())));
    var exponent = code.sub(shifted, format.toInteger());

    // log(1 + f) = f - f^2 / 2 + f^3 / 3 + f^4 * q(f)
    var square = Sum.ofProduct(code, f, f);
    var cube = Sum.ofProduct(code, f, square.high()).plusLow(code, code.mul(f, square.low()));
    var coefficients = precision.polynomials().log();
    double third = code.isSingle() ? (float) (1.0 / 3) : 1.0 / 3;
    double thirdLow = code.isSingle() ? 1.0 / 3 - third : THIRD_LOW;
    var cubic =
        Sum.ofProduct(code, cube.high(), code.constant(third))
            .plusLow(
                code, code.fma(cube.high(), code.constant(thirdLow), code.mul(cube.low(), third)));
    var q = code.polynomial(f, coefficients.subList(0, coefficients.size() - 1));
    var quartic = code.mul(code.mul(cube.high(), f), q);
    var linear = Sum.of(code, f, code.mul(square.high(), -0.5));
    var leading = Sum.of(code, linear.high(), cubic.high());
    var lows =
        code.add(
            code.fma(square.low(), code.constant(-0.5), linear.low()),
            code.add(cubic.low(), leading.low()));
    var ofFraction = Sum.of(code, leading.high(), code.add(lows, quartic));

    var ofPower =
        Sum.ofProduct(code, exponent, code.constant(precision.ln2().get(0)))
            .plusLow(code, code.mul(exponent, precision.ln2().get(1)));
    return Sum.of(code, ofPower.high(), ofFraction.high())
        .plusLow(code, code.add(ofPower.low(), ofFraction.low()));
  }
}
