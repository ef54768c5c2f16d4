package dev.gatun.kernels.pointwise;

import java.util.ArrayList;
import java.util.List;

/**
 * Exponential, logarithm and their kin in vector code: range reduction and polynomials, within 2
 * ulp over the whole range, subnormal numbers, infinities and NaN included.
 */
final class VectorExponentials {
  private VectorExponentials() {}

  /**
   * An argument as {@code n * ln(2) + r}: n with a bias in the low bits of a sum, and a small r.
   */
  private record Reduced(VectorValue biased, VectorValue r) {
    /** Reduces an argument; {@code bias} is added to n. */
    static Reduced of(VectorCode code, VectorValue x, double bias) {
      var precision = Precision.of(code);
      double toBiased = precision.format().toInteger() + bias;
      var shifted = code.fma(x, 1.4426950408889634, toBiased);
      var n = code.sub(shifted, toBiased);
      var high = code.fma(n, code.constant(-precision.ln2().get(0)), x);
      var r = code.fma(n, code.constant(-precision.ln2().get(1)), high);
      return new Reduced(code.toBits(shifted), r);
    }

    /** {@code exp(r) - 1}. */
    VectorValue expm1(VectorCode code) {
      var polynomial = code.polynomial(r, Precision.of(code).polynomials().exp());
      return code.fma(code.mul(r, r), polynomial, r);
    }

    /** {@code exp(r)}. */
    VectorValue exp(VectorCode code) {
      var polynomial = code.polynomial(r, Precision.of(code).polynomials().exp());
      return code.fma(code.fma(polynomial, r, 1), r, 1);
    }
  }

  static VectorValue exp(VectorCode code, VectorValue x) {
    return exp(code, x, doublyBiased(code, x));
  }

  /** The exponential of {@code x + low}, where {@code low} is at most a rounding error of x. */
  static VectorValue exp(VectorCode code, VectorValue x, VectorValue low) {
    var reduced = doublyBiased(code, x);
    return exp(code, x, new Reduced(reduced.biased(), code.add(reduced.r(), low)));
  }

  private static Reduced doublyBiased(VectorCode code, VectorValue x) {
    return Reduced.of(code, x, 2 * Precision.of(code).format().exponentBias());
  }

  private static VectorValue exp(VectorCode code, VectorValue x, Reduced reduced) {
    // The scale 2^n is applied in two halves, since n may lie outside the range of exponents.
    var half = code.shiftRight(reduced.biased(), 1);
    var otherHalf = code.bitsSub(reduced.biased(), half);
    var partly = code.mul(reduced.exp(code), powerOfTwo(code, half));
    var value = code.mul(partly, powerOfTwo(code, otherHalf));
    var ranges = Precision.of(code).ranges();
    var bounded =
        code.select(
            code.compare("GT", x, ranges.expInfinite()),
            code.constant(Double.POSITIVE_INFINITY),
            value);
    return code.select(code.compare("LT", x, ranges.expZero()), code.constant(0), bounded);
  }

  /** 2 to the power of x. */
  static VectorValue exp2(VectorCode code, VectorValue x) {
    var format = Precision.of(code).format();
    double toBiased = format.toInteger() + 2 * format.exponentBias();
    var shifted = code.add(x, toBiased);
    var fraction = code.sub(x, code.sub(shifted, toBiased));
    double ln2 = Math.log(2);
    return exp(code, code.mul(x, ln2), new Reduced(code.toBits(shifted), code.mul(fraction, ln2)));
  }

  /** The exponential of a number between -80 and 80. */
  static VectorValue boundedExp(VectorCode code, VectorValue x) {
    var reduced = Reduced.of(code, x, Precision.of(code).format().exponentBias());
    return code.mul(reduced.exp(code), powerOfTwo(code, reduced.biased()));
  }

  static VectorValue expm1(VectorCode code, VectorValue x) {
    return code.withSignOf(unsignedExpm1(code, x), x);
  }

  /** As {@link #expm1}, but +0 for both zeros. */
  private static VectorValue unsignedExpm1(VectorCode code, VectorValue x) {
    var reduced = Reduced.of(code, x, Precision.of(code).format().exponentBias() - 1);
    var halfScale = powerOfTwo(code, reduced.biased());
    var half = code.fma(halfScale, reduced.expm1(code), code.sub(halfScale, 0.5));
    var value = code.add(half, half);
    var ranges = Precision.of(code).ranges();
    var bounded =
        code.select(
            code.compare("GT", x, ranges.expInfinite()),
            code.constant(Double.POSITIVE_INFINITY),
            value);
    return code.select(code.compare("LT", x, ranges.expm1MinusOne()), code.constant(-1), bounded);
  }

  /** The power of 2 whose biased exponent is in the low bits. */
  private static VectorValue powerOfTwo(VectorCode code, VectorValue biased) {
    return code.fromBits(code.shiftLeft(biased, Precision.of(code).format().fractionBits()));
  }

  /**
   * A positive number as {@code 2^exponent * (1 + f)}, with a small f: {@code log1p(f)} is {@code f
   * + correction}.
   */
  record Split(VectorValue exponent, VectorValue f, VectorValue correction) {
    static Split of(VectorCode code, VectorValue x) {
      var format = Precision.of(code).format();
      var subnormal = code.compare("LT", x, format.smallestNormal());
      double scale = Math.scalb(1.0, format.fractionBits());
      var normal = code.select(subnormal, code.mul(x, scale), x);
      var shift =
          code.select(
              subnormal,
              code.constant(format.toInteger() + format.fractionBits()),
              code.constant(format.toInteger()));
      return of(code, normal, shift);
    }

    static Split ofNormal(VectorCode code, VectorValue x) {
      return of(code, x, code.constant(Precision.of(code).format().toInteger()));
    }

    /** Splits a normal number; {@code shift} is what the exponent is found above. */
    private static Split of(VectorCode code, VectorValue normal, VectorValue shift) {
      var precision = Precision.of(code);
      var format = precision.format();
      // x = 2^e * m with m in [2/3, 4/3)
      var twoThirds = code.bits(format.twoThirds());
      var distance = code.bitsSub(code.toBits(normal), twoThirds);
      var e = code.shiftRight(distance, format.fractionBits());
      var fraction = code.bitsAnd(distance, code.bits((1L << format.fractionBits()) - 1));
      var f = code.sub(code.fromBits(code.bitsAdd(fraction, twoThirds)), 1);
      var shifted = code.fromBits(code.bitsAdd(e, code.bits(format.toIntegerBits())));
      var exponent = code.sub(shifted, shift);
      var cubic = code.fma(f, code.polynomial(f, precision.polynomials().log()), -0.5);
      return new Split(exponent, f, code.mul(code.mul(f, f), cubic));
    }

    /** {@code log1p(f)}. */
    VectorValue logOfFraction(VectorCode code) {
      return code.add(f, correction);
    }

    /** The logarithm of the number. */
    VectorValue log(VectorCode code) {
      var ln2 = Precision.of(code).ln2();
      var low = code.fma(exponent, code.constant(ln2.get(1)), correction);
      return code.fma(exponent, code.constant(ln2.get(0)), code.add(f, low));
    }
  }

  static VectorValue log(VectorCode code, VectorValue x) {
    return whereDefined(code, x, Split.of(code, x).log(code));
  }

  /** The logarithm of a positive number that is neither subnormal nor infinite. */
  static VectorValue logOfNormal(VectorCode code, VectorValue x) {
    return Split.ofNormal(code, x).log(code);
  }

  /** The logarithm to base 2, exact for powers of 2. */
  static VectorValue log2(VectorCode code, VectorValue x) {
    var split = Split.of(code, x);
    var value =
        code.fma(split.logOfFraction(code), code.constant(1 / Math.log(2)), split.exponent());
    return whereDefined(code, x, value);
  }

  /** A logarithm, and its limits at 0, at infinity and below 0. */
  private static VectorValue whereDefined(VectorCode code, VectorValue x, VectorValue value) {
    var finite = code.select(code.compare("LT", x, Double.POSITIVE_INFINITY), value, x);
    var defined = code.select(code.compare("LT", x, 0), code.constant(Double.NaN), finite);
    return code.select(code.compare("EQ", x, 0), code.constant(Double.NEGATIVE_INFINITY), defined);
  }

  static VectorValue log1p(VectorCode code, VectorValue x) {
    return code.withSignOf(unsignedLog1p(code, x), x);
  }

  /**
   * As {@link #log1p}, but +0 for both zeros: the logarithm of the rounded sum, corrected by what
   * was rounded off.
   */
  static VectorValue unsignedLog1p(VectorCode code, VectorValue x) {
    var sum = code.add(x, 1);
    var main = log(code, sum);
    var lost = code.sub(x, code.sub(sum, 1));
    var corrected = code.add(main, code.div(lost, sum));
    var ordinary =
        code.logicalAnd(
            code.compare("GT", sum, 0), code.compare("LT", sum, Double.POSITIVE_INFINITY));
    return code.select(ordinary, corrected, main);
  }

  static VectorValue tanh(VectorCode code, VectorValue x) {
    var precision = Precision.of(code);
    var magnitude = code.abs(x);
    var square = code.mul(x, x);
    var near = code.timesOnePlus(x, square, precision.polynomials().tanh());
    double limit = precision.ranges().tanhOne();
    var bounded =
        code.select(code.compare("GT", magnitude, limit), code.constant(limit), magnitude);
    var e = boundedExp(code, code.mul(bounded, -2));
    var far = code.sub(code.constant(1), code.div(code.add(e, e), code.add(e, 1)));
    return code.select(code.compare("LT", magnitude, 0.625), near, code.withSignOf(far, x));
  }

  static VectorValue sinh(VectorCode code, VectorValue x) {
    var magnitude = code.abs(x);
    var e = unsignedExpm1(code, magnitude);
    var moderate = code.mul(code.add(e, code.div(e, code.add(e, 1))), 0.5);
    return code.withSignOf(
        code.select(isLarge(code, magnitude), halfExp(code, magnitude), moderate), x);
  }

  static VectorValue cosh(VectorCode code, VectorValue x) {
    var magnitude = code.abs(x);
    var e = exp(code, magnitude);
    var moderate = code.mul(code.add(e, code.div(code.constant(1), e)), 0.5);
    return code.select(isLarge(code, magnitude), halfExp(code, magnitude), moderate);
  }

  private static VectorValue isLarge(VectorCode code, VectorValue magnitude) {
    return code.compare("GT", magnitude, Precision.of(code).ranges().sinhLarge());
  }

  /** {@code exp(x) / 2}, also where {@code exp(x)} overflows. */
  private static VectorValue halfExp(VectorCode code, VectorValue x) {
    var root = exp(code, code.mul(x, 0.5));
    return code.mul(code.mul(root, 0.5), root);
  }

  /** {@code 1 / (1 + exp(-x))}; 0 where that is below the normal numbers. */
  static VectorValue sigmoid(VectorCode code, VectorValue x) {
    var precision = Precision.of(code);
    double infinite = precision.ranges().expInfinite();
    var low = code.select(code.compare("LT", x, -infinite), code.constant(-infinite), x);
    double none = infinite - 1;
    var bounded = code.select(code.compare("GT", low, none), code.constant(none), low);
    // -x = n * ln(2) - r
    double toBiased = precision.format().toInteger() + precision.format().exponentBias();
    var shifted = code.fma(bounded, -1.4426950408889634, toBiased);
    var n = code.sub(shifted, toBiased);
    var high = code.fma(n, code.constant(precision.ln2().get(0)), bounded);
    var r = code.fma(n, code.constant(precision.ln2().get(1)), high);
    var polynomial = code.polynomial(r, ofNegative(precision.polynomials().exp()));
    var ofRest = code.fma(code.fma(polynomial, r, -1), r, 1);
    var e = code.mul(ofRest, powerOfTwo(code, code.toBits(shifted)));
    return code.div(code.constant(1), code.add(e, 1));
  }

  /** The coefficients of a polynomial of {@code -x}, from those of x, the highest power first. */
  private static List<Double> ofNegative(List<Double> coefficients) {
    var negated = new ArrayList<Double>();
    for (int i = 0; i < coefficients.size(); i++) {
      boolean odd = (coefficients.size() - 1 - i) % 2 != 0;
      negated.add(odd ? -coefficients.get(i) : coefficients.get(i));
    }
    return negated;
  }

  /** {@code max(x, 0) + log1p(exp(-|x|))}. */
  static VectorValue softplus(VectorCode code, VectorValue x) {
    var small = exp(code, code.neg(code.abs(x)));
    var linear = code.select(code.compare("LT", x, 0), code.constant(0), x);
    return code.add(linear, unsignedLog1p(code, small));
  }
}
