package dev.gatun.autograd;

/**
 * The values on which a pointwise operation is tested. Random samples are drawn from the range; a
 * kink, where the derivative jumps, is avoided in gradient checks.
 *
 * @param low the lowest value
 * @param high the highest value
 */
public record PointwiseDomain(double low, double high) {
  /** Both signs, around zero. */
  public static final PointwiseDomain REAL = new PointwiseDomain(-3, 3);

  /** Positive values, away from zero. */
  public static final PointwiseDomain POSITIVE = new PointwiseDomain(0.2, 4);

  /** Inside the open interval from -1 to 1. */
  public static final PointwiseDomain UNIT = new PointwiseDomain(-0.9, 0.9);
}
