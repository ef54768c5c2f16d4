package dev.gatun.bench.contest;

/** Compares results before they are timed. */
final class Difference {

  private Difference() {}

  /**
   * The Euclidean norm of the difference, relative to that of the reference.
   *
   * @param result a contestant's result
   * @param reference the first contestant's
   * @return 0 for equal results; NaN when one has a NaN; infinite when the lengths differ
   */
  static double relative(double[] result, double[] reference) {
    if (result.length != reference.length) {
      return Double.POSITIVE_INFINITY;
    }
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < result.length; i++) {
      double d = result[i] - reference[i];
      difference += d * d;
      norm += reference[i] * reference[i];
    }
    return difference == 0 ? 0 : Math.sqrt(difference / norm);
  }
}
