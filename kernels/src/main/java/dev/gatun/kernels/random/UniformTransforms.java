package dev.gatun.kernels.random;

/**
 * From uniformly distributed numbers to other distributions. The same code for every provider:
 * logarithms and angles of vectors differ in the last bit from one compiler tier to the next, and
 * the same seed shall give the same numbers at any time.
 */
final class UniformTransforms {
  private UniformTransforms() {}

  /**
   * Replaces each x by {@code -log(x)}.
   *
   * @param values what is replaced
   * @param count how many
   */
  static void negativeLogarithms(double[] values, int count) {
    for (int i = 0; i < count; i++) {
      values[i] = -Math.log(values[i]);
    }
  }

  /**
   * Turns pairs of uniformly distributed numbers into normally distributed ones.
   *
   * @param radii in: u in (0, 1], out: {@code sqrt(-2 log u) cos(2 pi v)}
   * @param turns in: v in [0, 1), out: {@code sqrt(-2 log u) sin(2 pi v)}
   * @param count how many
   */
  static void boxMuller(double[] radii, double[] turns, int count) {
    for (int i = 0; i < count; i++) {
      double radius = Math.sqrt(-2 * Math.log(radii[i]));
      double angle = 2 * Math.PI * turns[i];
      radii[i] = radius * Math.cos(angle);
      turns[i] = radius * Math.sin(angle);
    }
  }
}
