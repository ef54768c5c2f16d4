package dev.gatun.bench.parity;

import java.util.Arrays;
import java.util.Iterator;

/**
 * What double precision tells about elements. One thread uses it.
 *
 * <p>One error of libtorch's may be small by chance. More of them are asked for, therefore, as long
 * as Gatun's is greater.
 */
public final class Evidence {

  private final double[] truth;
  private final double[] bounds;
  private final double[] worst;
  private final double largest;
  private final Iterator<double[]> errors;
  private final double factor;

  /**
   * Makes evidence.
   *
   * @param truth the elements, in double precision
   * @param bounds how far from it roundings may take either side, where that is known; else 0
   * @param errors how far from it libtorch was, each time on other inputs next to these
   * @param factor how many times further Gatun may be
   */
  public Evidence(double[] truth, double[] bounds, Iterator<double[]> errors, double factor) {
    this.truth = truth;
    this.bounds = bounds;
    this.errors = errors;
    this.factor = factor;
    worst = new double[truth.length];
    largest = Arrays.stream(truth).map(Math::abs).filter(Double::isFinite).max().orElse(0);
  }

  /** An element in double precision, for people. */
  String comment(int index) {
    return " (rightly " + truth[index] + ")";
  }

  /**
   * Tells whether an element of Gatun's is right: what the truth is when it is rounded to the type,
   * or as near to it as libtorch is.
   *
   * @param index which element
   * @param expected libtorch's
   * @param actual Gatun's
   * @param tolerance how far from the truth anything may be
   * @return whether it is right
   */
  boolean confirms(int index, double expected, double actual, Tolerances tolerance) {
    double rounded = tolerance.rounded(truth[index]);
    if (Double.compare(rounded, actual) == 0) {
      return true;
    }
    if (rounded == 0 && actual == 0) {
      return !tolerance.isElementwise();
    }
    double distance = Math.abs(actual - truth[index]);
    double own = Math.abs(expected - truth[index]);
    double nearest = tolerance.nearest(truth[index], largest) + bounds[index];
    if (distance <= nearest + factor * own && Double.isFinite(own)) {
      return true;
    }
    if (!Double.isFinite(distance)) {
      return false;
    }
    while (distance > nearest + factor * worst[index] && errors.hasNext()) {
      double[] more = errors.next();
      for (int i = 0; i < worst.length; i++) {
        worst[i] = Math.max(worst[i], more[i]);
      }
    }
    return distance <= nearest + factor * worst[index];
  }
}
