package dev.gatun.kernels.pointwise;

/**
 * The logarithm of the gamma function and its derivatives, in double: Taylor's series around 1,
 * Stirling's where it converges, and recurrences up to there; the first derivative is the formula
 * of {@link VectorPolygamma}.
 */
final class GammaFunction {
  /** From here on the series below are exact to the last bits. */
  private static final double SERIES_FROM = 15;

  private static final double HALF_LOG_OF_TWO_PI = 0.5 * Math.log(2 * Math.PI);

  /** The Bernoulli numbers of even index, from the second on. */
  private static final double[] BERNOULLI = {
    1.0 / 6,
    -1.0 / 30,
    1.0 / 42,
    -1.0 / 30,
    5.0 / 66,
    -691.0 / 2730,
    7.0 / 6,
    -3617.0 / 510,
    43867.0 / 798,
    -174611.0 / 330
  };

  /** Powers with greater exponents are 0, 1 or infinite. */
  private static final double HUGE = 0x1p30;

  private static final double EULER = 0.5772156649015329;

  /** The derivative of the logarithm at 2: 1 less Euler's constant. */
  private static final double SLOPE_AT_TWO = 0.42278433509846713;

  /** {@code zeta(k) / k}, from k = 2: the Taylor series of the logarithm around 1. */
  private static final double[] AROUND_ONE = taylor(1, 50);

  /** {@code (zeta(k) - 1) / k}, from k = 2: the same around 2. */
  private static final double[] AROUND_TWO = taylor(2, 25);

  /** How far from 1 and 2 the Taylor series are used, where the logarithm has its zeros. */
  private static final double NEAR = 0.5;

  /** Closer to 0, gamma(x) is 1 / x. */
  private static final double POLE = 1e-20;

  private static final double[] DIGAMMA =
      VectorPolygamma.DIGAMMA.stream().mapToDouble(Double::doubleValue).toArray();

  private GammaFunction() {}

  private static double[] taylor(double around, int count) {
    double[] terms = new double[count];
    for (int i = 0; i < terms.length; i++) {
      terms[i] = hurwitz(i + 2, around) / (i + 2);
    }
    return terms;
  }

  /** {@code log(|gamma(x)|)}; infinite at 0 and at the negative integers. */
  static double logarithm(double x) {
    if (Double.isNaN(x) || Double.isInfinite(x)) {
      return Math.abs(x);
    }
    if (Math.abs(x) < POLE) {
      return -Math.log(Math.abs(x));
    }
    if (x < 0) {
      if (x == Math.rint(x)) {
        return Double.POSITIVE_INFINITY;
      }
      // gamma(x) gamma(1 - x) = pi / sin(pi x)
      double sine = Math.abs(Math.sin(Math.PI * (x - Math.rint(x))));
      return Math.log(Math.PI) - Math.log(sine) - logarithm(1 - x);
    }
    if (x <= NEAR) {
      return series(AROUND_ONE, -EULER, x) - Math.log(x);
    }
    if (Math.abs(x - 1) <= NEAR) {
      return series(AROUND_ONE, -EULER, x - 1);
    }
    if (Math.abs(x - 2) <= NEAR) {
      return series(AROUND_TWO, SLOPE_AT_TWO, x - 2);
    }
    if (x < SERIES_FROM) {
      // gamma(x) = (x - 1) gamma(x - 1)
      double product = 1;
      double y = x;
      while (y > 2 + NEAR) {
        y--;
        product *= y;
      }
      return Math.log(product) + logarithm(y);
    }
    double inverse = 1 / x;
    double square = inverse * inverse;
    double series = 0;
    for (int k = BERNOULLI.length; k > 0; k--) {
      series = series * square + BERNOULLI[k - 1] / (2.0 * k * (2 * k - 1));
    }
    return (x - 0.5) * Math.log(x) - x + HALF_LOG_OF_TWO_PI + series * inverse;
  }

  private static double series(double[] terms, double slope, double distance) {
    double sum = 0;
    for (int i = terms.length - 1; i >= 0; i--) {
      sum = terms[i] - sum * distance;
    }
    // Of no distance it is 0, not -0.
    return 0.0 + distance * (sum * distance + slope);
  }

  /** The derivative of {@link #logarithm}: NaN at the negative integers, infinite at 0. */
  static double digamma(double x) {
    if (x == 0) {
      return Math.copySign(Double.POSITIVE_INFINITY, -x);
    }
    if (x < 0) {
      double distance = x - Math.rint(x);
      return distance == 0 ? Double.NaN : digammaOfNext(-x) - Math.PI * cotangent(distance);
    }
    if (x < 1) {
      return digammaOfNext(x) - 1 / x;
    }
    return x == Double.POSITIVE_INFINITY ? x : digamma(x, x - VectorPolygamma.ZERO);
  }

  /** The cotangent of pi times a number between -1/2 and 1/2, accurate next to its zeros too. */
  private static double cotangent(double x) {
    return Math.abs(x) < 0.25
        ? 1 / Math.tan(Math.PI * x)
        : Math.tan(Math.PI * (Math.copySign(0.5, x) - x));
  }

  /** {@link #digamma} of {@code 1 + x}, for an x that is not negative. */
  private static double digammaOfNext(double x) {
    return digamma(1 + x, x - (VectorPolygamma.ZERO - 1));
  }

  /** {@link #digamma} of a number from 1 on, and what it is above digamma's zero. */
  private static double digamma(double y, double aboveZero) {
    double distance = aboveZero - VectorPolygamma.ZERO_LOW;
    double v = 1 / (y + 0.5);
    double polynomial = 0;
    for (double coefficient : DIGAMMA) {
      polynomial = polynomial * v + coefficient;
    }
    return Math.log1p(distance / VectorPolygamma.ZERO) + distance * v * polynomial;
  }

  /**
   * The derivative of {@link #digamma} of an order; NaN for an order that is negative or no whole
   * number.
   */
  static double polygamma(double order, double x) {
    if (order == 0) {
      return digamma(x);
    }
    if (!(order > 0) || order != Math.rint(order)) {
      return Double.NaN;
    }
    double factorial = 1;
    for (int i = 2; i <= order && factorial < Double.POSITIVE_INFINITY; i++) {
      factorial *= i;
    }
    return (order % 2 == 0 ? -factorial : factorial) * hurwitz(order + 1, x);
  }

  /** The sum of {@code (x + k)^-s} over all k from 0, for a whole s above 1. */
  private static double hurwitz(double s, double x) {
    if (x <= 0 && x == Math.rint(x)) {
      return Double.POSITIVE_INFINITY;
    }
    if (x < -SERIES_FROM) {
      // The sum over all whole k, which is the same around 0, without that over those below 0.
      double fraction = x - Math.rint(x);
      double sign = s % 2 == 0 ? 1 : -1;
      return Math.pow(fraction, -s)
          + hurwitz(s, 1 + fraction)
          + sign * (hurwitz(s, 1 - fraction) - hurwitz(s, 1 - x));
    }
    // The terms of the series below shrink fast enough only from some y on, which grows with s.
    double seriesFrom = 6.5 + 1.25 * s;
    // Of a greater exponent all that counts is whether it is odd.
    int exponent = s < HUGE ? (int) s : (int) HUGE + (int) (s % 2);
    double sum = 0;
    double lost = 0;
    double y = x;
    for (; y < seriesFrom; y++) {
      double term = 1 / power(y, exponent);
      double next = sum + term;
      lost += term - (next - sum);
      sum = next;
      if (y > 1 && !(term * y > 0x1p-60 * Math.abs(sum))) {
        // What is left adds nothing, or the sum is no number.
        return sum;
      }
    }
    // Euler and Maclaurin: the integral, half of the first term, and derivatives.
    double integral = Math.pow(y, 1 - s);
    double power = integral / y;
    double rest = power / 2 + lost;
    double factor = s * power / y;
    double factorial = 2;
    double square = 1 / (y * y);
    for (int k = 1; k <= BERNOULLI.length; k++) {
      rest += BERNOULLI[k - 1] * factor / factorial;
      factor *= (s + 2 * k - 1) * (s + 2 * k) * square;
      factorial *= (2.0 * k + 1) * (2 * k + 2);
    }
    return sum + (integral / (s - 1) + rest);
  }

  /** A power by squaring, for a positive exponent. */
  private static double power(double x, int exponent) {
    double result = 1;
    double square = x;
    for (int rest = exponent; rest != 0; rest >>= 1) {
      if ((rest & 1) != 0) {
        result *= square;
      }
      square *= square;
    }
    return result;
  }
}
