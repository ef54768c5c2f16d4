package dev.gatun.kernels.random;

/**
 * From uniformly distributed numbers to other distributions. The same code for every provider, and
 * nothing but additions, multiplications, divisions and square roots, which are rounded in one way
 * everywhere: the same seed gives the same numbers at any time, whichever compiler made the code.
 * No loop has a branch, so that the compiler makes vectors of them.
 */
final class UniformTransforms {
  private static final int EXPONENT_SHIFT = 52;
  private static final long EXPONENT_BIAS = 1023;

  /** The upper bits of log 2, few enough that a product with an exponent is exact; and the rest. */
  private static final double LOG_2_HIGH = 0x1.62e42fefap-1;

  private static final double LOG_2_LOW = 0x1.cf79abc9e3b3ap-40;

  private UniformTransforms() {}

  /**
   * Replaces each x by {@code -log(x)}.
   *
   * @param values what is replaced: within (0, 1], not subnormal
   * @param scratch as many numbers, which are lost
   * @param count how many
   */
  static void negativeLogarithms(double[] values, double[] scratch, int count) {
    splitExponents(values, scratch, count);
    for (int i = 0; i < count; i++) {
      // The series of the inverse hyperbolic tangent: log(x) = 2 atanh((x - 1) / (x + 1)).
      double s = (values[i] - 1) / (values[i] + 1);
      double z = s * s;
      double tail = 2.0 / 25;
      tail = tail * z + 2.0 / 23;
      tail = tail * z + 2.0 / 21;
      tail = tail * z + 2.0 / 19;
      tail = tail * z + 2.0 / 17;
      tail = tail * z + 2.0 / 15;
      tail = tail * z + 2.0 / 13;
      tail = tail * z + 2.0 / 11;
      tail = tail * z + 2.0 / 9;
      tail = tail * z + 2.0 / 7;
      tail = tail * z + 2.0 / 5;
      tail = tail * z + 2.0 / 3;
      double logarithm = scratch[i] * LOG_2_LOW + s * z * tail + 2 * s;
      values[i] = -(logarithm + scratch[i] * LOG_2_HIGH);
    }
  }

  /** Replaces each x by a number from 0.75 to 1.5, which is that number times a power of 2. */
  private static void splitExponents(double[] values, double[] exponents, int count) {
    for (int i = 0; i < count; i++) {
      long bits = Double.doubleToRawLongBits(values[i]);
      long isLarge = bits >>> EXPONENT_SHIFT - 1 & 1;
      long exponent = (bits >>> EXPONENT_SHIFT) - EXPONENT_BIAS + isLarge;
      exponents[i] = exponent;
      values[i] = Double.longBitsToDouble(bits - (exponent << EXPONENT_SHIFT));
    }
  }

  /**
   * Turns pairs of uniformly distributed numbers into normally distributed ones, as Box and Muller
   * do.
   *
   * @param radii in: u in (0, 1], out: {@code sqrt(-2 log u) cos(2 pi v)}
   * @param turns in: v in [0, 1), out: {@code sqrt(-2 log u) sin(2 pi v)}
   * @param scratch as many numbers, which are lost
   * @param count how many
   */
  static void boxMuller(double[] radii, double[] turns, double[] scratch, int count) {
    negativeLogarithms(radii, scratch, count);
    for (int i = 0; i < count; i++) {
      double radius = Math.sqrt(2 * radii[i]);
      // The angle from -pi on, as four times one that short series are enough for.
      double x = (turns[i] - 0.5) * (Math.PI / 2);
      double z = x * x;
      double sine = sine(x, z);
      double cosine = cosine(z);
      double doubleSine = 2 * sine * cosine;
      double doubleCosine = 1 - 2 * sine * sine;
      // Half a turn further, where the signs are the others.
      radii[i] = radius * (2 * doubleSine * doubleSine - 1);
      turns[i] = radius * (-2 * doubleSine * doubleCosine);
    }
  }

  /** Of an angle up to a quarter of pi: the Taylor series, which the 17th power ends. */
  private static double sine(double x, double z) {
    double tail = 1 / 355687428096000.0;
    tail = tail * z - 1 / 1307674368000.0;
    tail = tail * z + 1 / 6227020800.0;
    tail = tail * z - 1 / 39916800.0;
    tail = tail * z + 1 / 362880.0;
    tail = tail * z - 1 / 5040.0;
    tail = tail * z + 1 / 120.0;
    tail = tail * z - 1 / 6.0;
    return x + x * z * tail;
  }

  /** Of an angle up to a quarter of pi, given its square: the series up to the 16th power. */
  private static double cosine(double z) {
    double tail = 1 / 20922789888000.0;
    tail = tail * z - 1 / 87178291200.0;
    tail = tail * z + 1 / 479001600.0;
    tail = tail * z - 1 / 3628800.0;
    tail = tail * z + 1 / 40320.0;
    tail = tail * z - 1 / 720.0;
    tail = tail * z + 1 / 24.0;
    tail = tail * z - 1 / 2.0;
    return 1 + z * tail;
  }
}
