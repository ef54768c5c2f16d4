package dev.gatun.bench.timing;

import java.util.ArrayList;
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
   * The median of quotients of values that were measured beside each other: what slowed down both
   * does not show in it, as it does in the quotient of two medians.
   *
   * @param dividends at least one
   * @param divisors at least one; the k-th belongs to the k-th dividend, what is left over to none
   * @return the median of as many quotients as there are pairs
   */
  public static double medianQuotient(List<Double> dividends, List<Double> divisors) {
    var quotients = new ArrayList<Double>();
    for (int k = 0; k < Math.min(dividends.size(), divisors.size()); k++) {
      quotients.add(dividends.get(k) / divisors.get(k));
    }
    return median(quotients);
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
