package dev.gatun.bench.contest;

import java.util.Comparator;

/**
 * The time of a contestant, alone and beside Gatun's.
 *
 * @param peer its name
 * @param variant which of several ways to do the case; empty where there is one
 * @param threads how many threads it might use
 * @param seconds the median time of one call
 * @param ratio its time divided by Gatun's in the same round, the median over rounds; 1 for Gatun,
 *     NaN where Gatun was not measured
 * @param difference how far its result is from the first contestant's
 */
public record ContestTime(
    String peer, String variant, int threads, double seconds, double ratio, double difference) {

  /** Orders by the ratio to Gatun; where there is none, by time. */
  public static final Comparator<ContestTime> FASTEST_FIRST =
      Comparator.comparingDouble(ContestTime::ratio).thenComparingDouble(ContestTime::seconds);
}
