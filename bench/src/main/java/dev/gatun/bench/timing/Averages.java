package dev.gatun.bench.timing;

import java.util.List;

/** The averages that reports use. */
public final class Averages {

  private Averages() {}

  /**
   * The middle of some values; of an even number, the mean of the middle two.
   *
   * @param values at least one
   * @return the median
   */
  public static double median(List<Double> values) {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("median: no values");
    }
    var sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /**
   * The geometric mean, for ratios.
   *
   * @param values positive; may be empty
   * @return the mean, NaN when there are no values
   */
  public static double geometricMean(List<Double> values) {
    return Math.exp(values.stream().mapToDouble(Math::log).average().orElse(Double.NaN));
  }
}
