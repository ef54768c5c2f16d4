package dev.gatun.kernels.pointwise;

/** The error function in double, within 2 ulp. */
final class ErrorFunction {
  /** {@code erf(x) / x} for {@code |x| < 1}, in powers of {@code x * x}. */
  private static final double[] NEAR = {
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
    5.957176147748911e-11
  };

  /**
   * {@code erfc(x) * exp(x * x)} for {@code 1 <= x <= 6}, in powers of {@code (x - 2.4) / (x +
   * 2.4)}.
   */
  private static final double[] FAR = {
    0.2184987345370333, -0.38200915832521265, 0.2514561815015922, -0.11772534067703425,
    0.03272106479154584, -0.0006810619588334557, -0.002973843897865083, 0.00048028096113597596,
    0.0003447602795726534, -7.174964200545194e-05, -5.592207194481597e-05, 6.892036115475824e-06,
    1.0709725698053842e-05, 5.204786733651541e-07, -1.8007480546245238e-06, -4.3102925810082177e-07
  };

  private static final double ONE_FROM = 6;

  private ErrorFunction() {}

  static double erf(double x) {
    double magnitude = Math.abs(x);
    if (magnitude < 1) {
      return x * polynomial(NEAR, x * x);
    }
    if (magnitude >= ONE_FROM) {
      return Math.copySign(1, x);
    }
    double scaled = polynomial(FAR, (magnitude - 2.4) / (magnitude + 2.4));
    return Math.copySign(1, x) - Math.copySign(Math.exp(-x * x) * scaled, x) + x * 0;
  }

  private static double polynomial(double[] coefficients, double t) {
    double sum = coefficients[coefficients.length - 1];
    for (int i = coefficients.length - 2; i >= 0; i--) {
      sum = sum * t + coefficients[i];
    }
    return sum;
  }
}
