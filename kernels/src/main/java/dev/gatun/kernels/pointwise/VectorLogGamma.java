package dev.gatun.kernels.pointwise;

import java.util.List;

/**
 * The logarithm of the gamma function in vector code, within 4 ulp for positive numbers; near the
 * zeros for negative ones, of its larger term.
 *
 * <p>With {@code x = 2^e (1 + f)} and {@code l = log(1 + f)}, from 2 on it is
 *
 * <pre>{@code (x - 1/2) l + log(2) (e (x - 1/2) - 3/2 (x - 1)) + (x - 1) (x - 2) q(x)}</pre>
 *
 * where q is a polynomial in {@code 1 / x}, nearly, since what Stirling's formula leaves is one.
 * Each term has the factor {@code x - 2} around 2 and can be computed with it, so nothing cancels
 * at that zero. Between 1 and 2 it is {@code (x - 1) (x - 2) p(x - 1)} with a polynomial p, and
 * below 1 one step of the recurrence leads there; below 0 it is found by reflection (NIST Digital
 * Library of Mathematical Functions, 5.5).
 */
final class VectorLogGamma {
  /** {@code p(u) = log(gamma(1 + u)) / (u (u - 1))} for {@code 0 <= u <= 1}, in float. */
  private static final List<Double> SINGLE_BELOW_TWO =
      List.of(
          0.00386855542,
          -0.0210171398,
          0.0510938093,
          -0.0762823448,
          0.085087128,
          -0.0868425667,
          0.0950523987,
          -0.115611441,
          0.155472875,
          -0.245252609,
          0.577215672);

  /** As {@link #SINGLE_BELOW_TWO}, in double. */
  private static final List<Double> BELOW_TWO =
      List.of(
          1.2163006385279152e-05,
          -0.00014017599327045255,
          0.0007670868539700341,
          -0.002665952606417147,
          0.006658274256608587,
          -0.012869954808782709,
          0.020352625769299536,
          -0.027647249030262912,
          0.0337777361684836,
          -0.038706538611042444,
          0.04302819400950223,
          -0.04744926126122841,
          0.052538392026909235,
          -0.058775332200877044,
          0.066731447522455,
          -0.07731814708226444,
          0.09223900736591586,
          -0.11514654252924597,
          0.15543426586337294,
          -0.2452513685225765,
          0.5772156649015329);

  /** {@code q(x) x} in powers of {@code 1 / x}, the highest first, in float. */
  private static final List<Double> SINGLE_FROM_TWO =
      List.of(-3.44759937e-05, 0.000421216653, -0.000984171405, -0.00161869568, 0.0397207476);

  /** {@code q(x) (x + 1/2)} in powers of {@code 1 / (x + 1/2)}, in double. */
  private static final List<Double> FROM_TWO =
      List.of(
          -7.01726031508078e-05,
          0.0002852995552283552,
          -0.00044556078044782427,
          0.0003971808756784469,
          -5.8590702873416716e-05,
          8.473392189390196e-06,
          0.00028710448522106086,
          0.0006054989479031831,
          0.0010582896149539582,
          0.002634076335011879,
          0.007342283897613927,
          0.018240460304499852,
          0.0397207708399179);

  private VectorLogGamma() {}

  /** The logarithm of the magnitude; infinite at 0 and at the negative integers. */
  static VectorValue emit(VectorCode code, VectorValue x) {
    boolean single = code.isSingle();
    var a = code.abs(x);
    var negative = code.compare("LT", x, 0);
    var small = code.compare("LT", a, 1);
    var belowTwo = code.compare("LT", a, 2);
    var above = code.sub(a, 1);
    var u = code.select(small, a, above);
    var p =
        code.mul(
            code.mul(u, code.sub(u, 1)), code.polynomial(u, single ? SINGLE_BELOW_TWO : BELOW_TWO));
    var v = code.div(code.constant(1), single ? a : code.add(a, 0.5));
    var series = code.polynomial(v, single ? SINGLE_FROM_TWO : FROM_TWO);
    var q = code.mul(above, code.mul(code.mul(code.sub(a, 2), v), series));

    // How often the logarithm of a is added: -1 times below 1, and once more for negative numbers,
    // since gamma(a) gamma(-a) = -pi / (a sin(pi a)).
    var split = VectorExponentials.Split.of(code, a);
    var once = code.select(negative, code.constant(1), code.constant(0));
    var times = code.select(small, code.sub(once, 1), once);
    var factor = code.select(belowTwo, times, code.add(code.sub(a, 0.5), once));
    var ofFraction = code.fma(factor, split.logOfFraction(code), code.select(belowTwo, p, q));

    // Scaled, so that it overflows no earlier than the result.
    double scale = single ? 0x1p-7 : 0x1p-10;
    var e = code.mul(split.exponent(), scale);
    var growing = code.fma(code.sub(e, 1.5 * scale), above, code.mul(e, 0.5));
    var power = code.select(belowTwo, code.mul(e, times), code.fma(e, once, growing));
    var value = code.fma(power, code.constant(Math.log(2) / scale), ofFraction);

    var sine = code.abs(VectorHalfTurns.of(code, a).sineOverPi(code));
    var reflected = code.neg(code.add(VectorExponentials.Split.of(code, sine).log(code), value));
    var infinite = code.constant(Double.POSITIVE_INFINITY);
    var ofNegative = code.select(code.compare("EQ", sine, 0), infinite, reflected);
    var either = code.select(negative, ofNegative, value);
    var known = code.select(code.compare("LT", a, Double.POSITIVE_INFINITY), either, a);
    return code.select(code.compare("EQ", a, 0), infinite, known);
  }
}
