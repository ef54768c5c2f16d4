package dev.gatun.kernels.pointwise;

import java.util.List;

/** The error function, within 2 ulp, in scalar and in vector code. */
final class ErrorFunction {
  /** {@code erf(x) / x} for {@code |x| < 1}, in powers of {@code x * x}. */
  private static final List<Double> NEAR =
      List.of(
          1.1283791670955126,
          -0.3761263890318375,
          0.11283791670954879,
          -0.026866170645076792,
          0.0052239776248180145,
          -0.000854832698083379,
          0.0001205533111164271,
          -1.4925595266831182e-05,
          1.6461000484121368e-06,
          -1.6350312701054695e-07,
          1.4659775274047436e-08,
          -1.1372848856791674e-09,
          5.957176147748911e-11);

  /**
   * {@code erfc(x) * exp(x * x)} for {@code 1 <= x <= 6}, in powers of {@code (x - 2.4) / (x +
   * 2.4)}.
   */
  private static final List<Double> FAR =
      List.of(
          0.2184987345370333,
          -0.38200915832521265,
          0.2514561815015922,
          -0.11772534067703425,
          0.03272106479154584,
          -0.0006810619588334557,
          -0.002973843897865083,
          0.00048028096113597596,
          0.0003447602795726534,
          -7.174964200545194e-05,
          -5.592207194481597e-05,
          6.892036115475824e-06,
          1.0709725698053842e-05,
          5.204786733651541e-07,
          -1.8007480546245238e-06,
          -4.3102925810082177e-07);

  private static final double[] SCALAR_NEAR = unboxed(NEAR);
  private static final double[] SCALAR_FAR = unboxed(FAR);
  private static final double ONE_FROM = 6;

  /** From here on erfc is below the smallest double. */
  private static final double ZERO_FROM = 27.3;

  /** How deep the continued fraction of erfc goes, enough from {@link #ONE_FROM} on. */
  private static final int FRACTION_DEPTH = 40;

  /**
   * {@code erfinv(x) / x} in powers of {@code -log(1 - x^2) - 2.5}, where that is below 2.5 (M.
   * Giles, 2010).
   */
  private static final double[] INVERSE_NEAR = {
    1.50140941,
    0.246640727,
    -0.00417768164,
    -0.00125372503,
    0.00021858087,
    -4.39150654e-06,
    -3.5233877e-06,
    3.43273939e-07,
    2.81022636e-08
  };

  /** From here on of {@code -log(1 - x^2)} the polynomials, made for floats, are off. */
  private static final double TAIL_FROM = 16;

  /** As {@link #INVERSE_NEAR}, further out, in powers of {@code sqrt(-log(1 - x^2)) - 3}. */
  private static final double[] INVERSE_FAR = {
    2.83297682,
    1.00167406,
    0.00943887047,
    -0.0076224613,
    0.00573950773,
    -0.00367342844,
    0.00134934322,
    0.000100950558,
    -0.000200214257
  };

  /**
   * {@code erf(x) / x - 1} in powers of {@code x^2}, the highest first, for {@code |x| <= 1}, in
   * float.
   */
  private static final List<Double> SINGLE_NEAR =
      List.of(
          7.87587487e-05,
          -0.00080168643,
          0.00518908724,
          -0.0268542115,
          0.112835944,
          -0.37612626,
          0.128379166);

  /** {@code -log(erfc(x))} for {@code 1 <= x <= 4}, the highest power first, in float. */
  private static final List<Double> SINGLE_FAR =
      List.of(
          -1.6371514e-06,
          4.60580413e-05,
          -0.00059680565,
          0.0047595962,
          -0.0264211353,
          0.110080086,
          0.631826043,
          1.13023341,
          -0.00032013806);

  private ErrorFunction() {}

  static double erf(double x) {
    double magnitude = Math.abs(x);
    if (magnitude < 1) {
      return x * polynomial(SCALAR_NEAR, x * x);
    }
    if (magnitude >= ONE_FROM) {
      return Math.copySign(1, x);
    }
    double scaled = polynomial(SCALAR_FAR, (magnitude - 2.4) / (magnitude + 2.4));
    return Math.copySign(1, x) - Math.copySign(Math.exp(-x * x) * scaled, x) + x * 0;
  }

  /** {@code 1 - erf(x)}, where it is small without cancellation. */
  static double erfc(double x) {
    if (!(x >= 1)) {
      return 1 - erf(x);
    }
    if (x >= ZERO_FROM) {
      return 0;
    }
    double square = x * x;
    // What the square's rounding cut off counts: the exponential multiplies it.
    double gaussian = Math.exp(-square) * (1 - Math.fma(x, x, -square));
    if (x < ONE_FROM) {
      return gaussian * polynomial(SCALAR_FAR, (x - 2.4) / (x + 2.4));
    }
    double fraction = x;
    for (int i = FRACTION_DEPTH; i > 0; i--) {
      fraction = x + i / 2.0 / fraction;
    }
    return gaussian / (fraction * Math.sqrt(Math.PI));
  }

  /** The number whose error function is x, by an approximation and Halley's steps. */
  static double erfinv(double x) {
    double magnitude = Math.abs(x);
    if (!(magnitude < 1)) {
      return magnitude == 1 ? Math.copySign(Double.POSITIVE_INFINITY, x) : Double.NaN;
    }
    double y = inverseNearly(magnitude);
    for (int step = 0; step < 2; step++) {
      double distance = magnitude < 0.5 ? erf(y) - magnitude : 1 - magnitude - erfc(y);
      double newton = distance * Math.sqrt(Math.PI) / 2 * Math.exp(y * y);
      y -= newton / (1 + y * newton);
    }
    return Math.copySign(y, x);
  }

  /** The inverse to three digits at least, from which two steps of Halley's lead to all. */
  private static double inverseNearly(double magnitude) {
    double w = -Math.log((1 - magnitude) * (1 + magnitude));
    if (w < 5) {
      return magnitude * polynomial(INVERSE_NEAR, w - 2.5);
    }
    if (w < TAIL_FROM) {
      return magnitude * polynomial(INVERSE_FAR, Math.sqrt(w) - 3);
    }
    // erfc(y) is exp(-y^2) / (y sqrt(pi)), nearly.
    double exponent = -Math.log(1 - magnitude);
    double square = exponent - Math.log(Math.PI * exponent) / 2;
    return Math.sqrt(exponent - Math.log(Math.PI * square) / 2);
  }

  /** Adds the error function to vector code. */
  static VectorValue emit(VectorCode code, VectorValue x) {
    var magnitude = code.abs(x);
    VectorValue far;
    if (code.isSingle()) {
      var bounded = code.select(code.compare("GT", magnitude, 4), code.constant(4), magnitude);
      var exponent = code.neg(code.polynomial(bounded, SINGLE_FAR));
      far = code.sub(code.constant(1), VectorExponentials.boundedExp(code, exponent));
    } else {
      var t = code.div(code.sub(magnitude, 2.4), code.add(magnitude, 2.4));
      var gaussian = VectorExponentials.exp(code, code.neg(code.mul(x, x)));
      var complement = code.mul(gaussian, code.polynomial(t, FAR.reversed()));
      var one = code.constant(1);
      far = code.select(code.compare("GE", magnitude, ONE_FROM), one, code.sub(one, complement));
    }
    return code.select(code.compare("LT", magnitude, 1), near(code, x), code.withSignOf(far, x));
  }

  /** Adds the error function of numbers between -1 and 1 to vector code. */
  static VectorValue near(VectorCode code, VectorValue x) {
    var square = code.mul(x, x);
    return code.isSingle()
        ? code.fma(x, code.polynomial(square, SINGLE_NEAR), x)
        : code.mul(x, code.polynomial(square, NEAR.reversed()));
  }

  private static double[] unboxed(List<Double> numbers) {
    return numbers.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static double polynomial(double[] coefficients, double t) {
    double sum = coefficients[coefficients.length - 1];
    for (int i = coefficients.length - 2; i >= 0; i--) {
      sum = sum * t + coefficients[i];
    }
    return sum;
  }
}
