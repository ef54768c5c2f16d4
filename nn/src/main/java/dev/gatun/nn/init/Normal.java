package dev.gatun.nn.init;

/** The distribution function of the standard normal distribution and its inverse. */
final class Normal {
  private static final double ROOT_TWO_PI = Math.sqrt(2 * Math.PI);

  private Normal() {}

  /** Returns the density. */
  private static double density(double x) {
    return Math.exp(-0.5 * x * x) / ROOT_TWO_PI;
  }

  /**
   * Returns the probability of at most x, to about 1e-15: near zero by the series of Marsaglia, in the
   * tails by the continued fraction of the complement.
   */
  static double cdf(double x) {
    if (Double.isInfinite(x)) {
      return x < 0 ? 0 : 1;
    }
    return x < -4 ? tail(-x) : x > 4 ? 1 - tail(x) : central(x);
  }

  private static double central(double x) {
    double sum = x;
    double term = x;
    for (int i = 3; Math.abs(term) > 1e-18 * Math.abs(sum) && i < 400; i += 2) {
      term *= x * x / i;
      sum += term;
    }
    return 0.5 + sum * density(x);
  }

  /** The probability of more than x, for large x. */
  private static double tail(double x) {
    double fraction = x;
    for (int i = 60; i >= 1; i--) {
      fraction = x + i / fraction;
    }
    return density(x) / fraction;
  }

  /** Returns the x that {@link #cdf} maps to a probability: bisection, then Newton's steps. */
  static double quantile(double probability) {
    if (probability <= 0) {
      return Double.NEGATIVE_INFINITY;
    }
    if (probability >= 1) {
      return Double.POSITIVE_INFINITY;
    }
    double low = -38.5;
    double high = 38.5;
    for (int i = 0; i < 12; i++) {
      double middle = 0.5 * (low + high);
      if (cdf(middle) < probability) {
        low = middle;
      } else {
        high = middle;
      }
    }
    double x = 0.5 * (low + high);
    for (int i = 0; i < 4; i++) {
      double slope = density(x);
      double next = slope == 0 ? x : x - (cdf(x) - probability) / slope;
      x = next > low && next < high ? next : x;
    }
    return x;
  }
}
