package dev.gatun.kernels.pointwise;

import java.util.List;

/**
 * The complement of the error function and the inverse of the error function in vector code, within
 * 4 ulp in float and 6 in double.
 */
final class VectorErrorFunctions {
  /** Where {@link #complement} centres its variable. */
  private static final double CENTRE = 3.75;

  /**
   * {@code (1 + 2 a) * exp(a^2) * erfc(a)} in powers of {@code (a - 3.75) / (a + 3.75)}, the
   * highest first, up to where erfc is 0 (the form is that of M. Shepherd and J. Laframboise,
   * 1981).
   */
  private static final List<Double> SINGLE_COMPLEMENT =
      List.of(
          0.00108412816,
          0.00227259984,
          -0.00995820388,
          0.0280448627,
          -0.0587155893,
          0.0923638865,
          -0.108794555,
          0.0822724178,
          0.00358483451,
          -0.140240505,
          1.23751259);

  /** As {@link #SINGLE_COMPLEMENT}, in double. */
  private static final List<Double> COMPLEMENT =
      List.of(
          -2.256924957747598e-09,
          -4.5851273975332663e-10,
          3.2749428861518006e-08,
          1.4840240129382901e-08,
          -2.5306785158756517e-07,
          -4.682027773913109e-08,
          1.7489888926597282e-06,
          -9.810102274476475e-07,
          -1.144369574077178e-05,
          2.2387573120805226e-05,
          5.164923449328047e-05,
          -0.0002901550345219363,
          0.0002937135782925385,
          0.0017556260257755867,
          -0.009746579538909795,
          0.028362277399944485,
          -0.05869339859167965,
          0.092304321161537,
          -0.10880393014164676,
          0.08227673849011252,
          0.00358541548546256,
          -0.1402405985855467,
          1.2375126308378275);

  /** From here on erfc is 0 in float. */
  private static final double SINGLE_ZERO_FROM = 10.5;

  /** From here on erfc is 0 in double. */
  private static final double ZERO_FROM = 27.5;

  /** Up to here the inverse is x times a function of {@code x^2}. */
  private static final double CENTRAL = 0.84375;

  /** The first ratio of an {@link Inverse} is one in powers of this less {@code x^2}. */
  private static final double SQUARE = 0.71875;

  /** The second is one in powers of {@code sqrt(-log((1 - x) / 2))} less this. */
  private static final double ROOT = 1.5;

  /**
   * Polynomials for the inverse, the highest power first (the form is that of M. Wichura's
   * algorithm AS 241, 1988).
   *
   * @param numerator of {@code erfinv(x) / x}, where x is central
   * @param denominator of the same
   * @param tailNumerator of {@code erfinv(x)} further out
   * @param tailDenominator of the same
   */
  private record Inverse(
      List<Double> numerator,
      List<Double> denominator,
      List<Double> tailNumerator,
      List<Double> tailDenominator) {}

  private static final Inverse SINGLE_INVERSE =
      new Inverse(
          List.of(0.154289812, 3.14168739, 8.2993927, 5.96113443, 1.19418132),
          List.of(0.627869308, 5.37714052, 9.86560631, 5.73500538, 1.0),
          List.of(0.0313299559, 0.407595307, 1.58260322, 2.20975494, 0.884854317),
          List.of(0.0313174725, 0.361339033, 1.11151111, 1.0));

  private static final Inverse INVERSE =
      new Inverse(
          List.of(
              0.019011050193713637,
              1.4571067390224917,
              17.056777226866465,
              68.83983243732112,
              124.9649013248352,
              114.45440105529728,
              54.66135307671507,
              12.935921032848817,
              1.1941813626785112),
          List.of(
              0.12991540757474743,
              4.042507591452968,
              31.735778506922458,
              99.98277113260583,
              152.61002325311912,
              122.80503497260824,
              53.029484653092915,
              11.575649048741136,
              1.0),
          List.of(
              7.22073169810329e-06,
              0.00041147655901047954,
              0.0083239938976891,
              0.08371156199992598,
              0.4835192730827637,
              1.7106404724530413,
              3.7399927902582126,
              4.843793673438062,
              3.3156501131163107,
              0.8848542839295027),
          List.of(
              1.6348327504885511e-12,
              7.220443862866959e-06,
              0.0004006885059459164,
              0.00774477841247095,
              0.07300250934143963,
              0.38782061621348496,
              1.231449211094962,
              2.314931855199625,
              2.3613155941346755,
              1.0));

  /** Up to here, {@code 1 - erf(x)} loses nothing. */
  private static final double NEAR = 0.5;

  private VectorErrorFunctions() {}

  /** {@code 1 - erf(x)}: where it is small, without cancellation. */
  static VectorValue complement(VectorCode code, VectorValue x) {
    double zeroFrom = code.isSingle() ? SINGLE_ZERO_FROM : ZERO_FROM;
    var magnitude = code.abs(x);
    var a =
        code.select(code.compare("GT", magnitude, zeroFrom), code.constant(zeroFrom), magnitude);
    var square = code.mul(a, a);
    // What the square's rounding cut off counts: the exponential multiplies it.
    var rest = code.fma(code.neg(a), a, square);
    var gaussian = VectorExponentials.exp(code, code.neg(square), rest);
    var t = code.div(code.sub(a, CENTRE), code.add(a, CENTRE));
    var scaled = code.polynomial(t, code.isSingle() ? SINGLE_COMPLEMENT : COMPLEMENT);
    var ofMagnitude = code.mul(gaussian, code.div(scaled, code.fma(a, 2, 1)));
    var far =
        code.select(code.compare("LT", x, 0), code.sub(code.constant(2), ofMagnitude), ofMagnitude);
    var near = code.sub(code.constant(1), ErrorFunction.near(code, x));
    return code.select(code.compare("LT", magnitude, NEAR), near, far);
  }

  /** The number whose error function is x. */
  static VectorValue inverse(VectorCode code, VectorValue x) {
    var polynomials = code.isSingle() ? SINGLE_INVERSE : INVERSE;
    var magnitude = code.abs(x);
    var one = code.constant(1);
    var central = code.compare("LT", magnitude, CENTRAL);
    var below = code.fma(code.neg(x), x, SQUARE);
    var half = code.mul(code.sub(one, magnitude), 0.5);
    var root = code.sqrt(code.neg(VectorExponentials.logOfNormal(code, half)));
    var out = code.sub(root, ROOT);
    var numerator =
        code.select(
            central,
            code.mul(magnitude, code.polynomial(below, polynomials.numerator())),
            code.polynomial(out, polynomials.tailNumerator()));
    var denominator =
        code.select(
            central,
            code.polynomial(below, polynomials.denominator()),
            code.polynomial(out, polynomials.tailDenominator()));
    var value = code.div(numerator, denominator);
    var closed =
        code.select(
            code.compare("EQ", magnitude, one), code.constant(Double.POSITIVE_INFINITY), value);
    var outside = code.compare("GT", magnitude, one);
    return code.select(outside, code.constant(Double.NaN), code.withSignOf(closed, x));
  }
}
