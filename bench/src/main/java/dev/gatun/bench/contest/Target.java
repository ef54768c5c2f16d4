package dev.gatun.bench.contest;

/**
 * What a case must reach.
 *
 * @param ratio the best peer's time divided by Gatun's, at least this; NaN where nothing is asked
 * @param peakShare Gatun's share of the FMA peak, at least this; NaN where nothing is asked
 */
public record Target(double ratio, double peakShare) {

  /** Measured for information; nothing is asked. */
  public static final Target NONE = new Target(Double.NaN, Double.NaN);

  /**
   * A target for the ratio alone.
   *
   * @param ratio the best peer's time divided by Gatun's
   * @return the target
   */
  public static Target ofRatio(double ratio) {
    return new Target(ratio, Double.NaN);
  }

  /**
   * Whether anything is asked.
   *
   * @return false for {@link #NONE}
   */
  public boolean exists() {
    return !Double.isNaN(ratio) || !Double.isNaN(peakShare);
  }

  /**
   * Judges a result. Figures are judged as they are printed, to two digits.
   *
   * @param measuredRatio the ratio reached, NaN when it was not measured
   * @param measuredPeakShare the share reached, NaN when it was not measured
   * @return whether everything that is asked was reached
   */
  public boolean isMet(double measuredRatio, double measuredPeakShare) {
    return reaches(measuredRatio, ratio) && reaches(measuredPeakShare, peakShare);
  }

  private static boolean reaches(double measured, double asked) {
    return Double.isNaN(asked) || Math.round(100 * measured) >= Math.round(100 * asked);
  }
}
