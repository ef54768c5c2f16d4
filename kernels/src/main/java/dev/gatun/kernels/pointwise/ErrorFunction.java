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

  /** Adds the error function to vector code. */
  static VectorValue emit(VectorCode code, VectorValue x) {
    var magnitude = code.abs(x);
    var square = code.mul(x, x);
    VectorValue near;
    VectorValue far;
    if (code.isSingle()) {
      near = code.fma(x, code.polynomial(square, SINGLE_NEAR), x);
      var bounded = code.select(code.compare("GT", magnitude, 4), code.constant(4), magnitude);
      var exponent = code.neg(code.polynomial(bounded, SINGLE_FAR));
      far = code.sub(code.constant(1), VectorExponentials.boundedExp(code, exponent));
    } else {
      near = code.mul(x, code.polynomial(square, NEAR.reversed()));
      var t = code.div(code.sub(magnitude, 2.4), code.add(magnitude, 2.4));
      var gaussian = VectorExponentials.exp(code, code.neg(square));
      var complement = code.mul(gaussian, code.polynomial(t, FAR.reversed()));
      var one = code.constant(1);
      far = code.select(code.compare("GE", magnitude, ONE_FROM), one, code.sub(one, complement));
    }
    return code.select(code.compare("LT", magnitude, 1), near, code.withSignOf(far, x));
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
