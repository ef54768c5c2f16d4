package dev.gatun.nn.init;

/** The distribution function of the standard normal distribution and its inverse. */
@SuppressWarnings("FloatingPointLiteralPrecision") // as published
final class Normal {
  private static final double ROOT_TWO_PI = Math.sqrt(2 * Math.PI);

  // Coefficients of Wichura's algorithm AS 241, from the constant term on.
  private static final double[] CENTRE_ABOVE = {
    3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3,
    1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
    3.3430575583588128105e4, 2.5090809287301226727e3
  };
  private static final double[] CENTRE_BELOW = {
    1,
    4.2313330701600911252e1,
    6.8718700749205790830e2,
    5.3941960214247511077e3,
    2.1213794301586595867e4,
    3.9307895800092710610e4,
    2.8729085735721942674e4,
    5.2264952788528545610e3
  };
  private static final double[] TAIL_ABOVE = {
    1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0,
    3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1,
    2.27238449892691845833e-2, 7.74545014278341407640e-4
  };
  private static final double[] TAIL_BELOW = {
    1,
    2.05319162663775882187e0,
    1.67638483018380384940e0,
    6.89767334985100004550e-1,
    1.48103976427480074590e-1,
    1.51986665636164571966e-2,
    5.47593808499534494600e-4,
    1.05075007164441684324e-9
  };
  private static final double[] FAR_ABOVE = {
    6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0,
    2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
    2.71155556874348757815e-5, 2.01033439929228813265e-7
  };
  private static final double[] FAR_BELOW = {
    1,
    5.99832206555887937690e-1,
    1.36929880922735805310e-1,
    1.48753612908506148525e-2,
    7.86869131145613259100e-4,
    1.84631831751005468180e-5,
    1.42151175831644588870e-7,
    2.04426310338993978564e-15
  };

  private Normal() {}

  /**
   * Returns the probability of at most x, to about 1e-15: around zero by Marsaglia's series, in the
   * tails by a continued fraction.
   */
  static double cdf(double x) {
    if (Double.isInfinite(x)) {
      return x < 0 ? 0 : 1;
    }
    return x < -4 ? tail(-x) : x > 4 ? 1 - tail(x) : central(x);
  }

  private static double density(double x) {
    return Math.exp(-0.5 * x * x) / ROOT_TWO_PI;
  }

  private static double central(double x) {
    double sum = x;
    double term = x;
    for (int i = 3; Math.abs(term) > 1e-18 * Math.abs(sum); i += 2) {
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

  /** Returns the x that {@link #cdf} maps to a probability, to about 1e-15 of itself. */
  static double quantile(double probability) {
    double fromHalf = probability - 0.5;
    if (Math.abs(fromHalf) <= 0.425) {
      double r = 0.180625 - fromHalf * fromHalf;
      return fromHalf * polynomial(CENTRE_ABOVE, r) / polynomial(CENTRE_BELOW, r);
    }
    double nearer = fromHalf < 0 ? probability : 1 - probability;
    if (nearer <= 0) {
      return fromHalf < 0 ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }
    double r = Math.sqrt(-Math.log(nearer));
    double x =
        r <= 5
            ? polynomial(TAIL_ABOVE, r - 1.6) / polynomial(TAIL_BELOW, r - 1.6)
            : polynomial(FAR_ABOVE, r - 5) / polynomial(FAR_BELOW, r - 5);
    return fromHalf < 0 ? -x : x;
  }

  private static double polynomial(double[] coefficients, double x) {
    double sum = coefficients[coefficients.length - 1];
    for (int i = coefficients.length - 2; i >= 0; i--) {
      sum = sum * x + coefficients[i];
    }
    return sum;
  }
}
