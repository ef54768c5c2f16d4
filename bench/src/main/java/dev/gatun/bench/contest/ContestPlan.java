package dev.gatun.bench.contest;

/**
 * How thoroughly a case is measured in one fork.
 *
 * @param rounds how many slices each contender has
 * @param sliceNanos how long a slice lasts
 * @param warmUpSpanNanos how long native code is called before it is asked whether it got faster
 * @param mostWarmUpNanos how long native code is called first, at most
 * @param leastJavaWarmUpNanos how long code that is compiled while it runs is called first, at
 *     least
 * @param mostJavaWarmUpNanos the same, at most
 * @param timesSlowerToLeave a peer that was so many times slower than another one in a case takes
 *     no part in the cases that follow it in the fork; infinite for never
 */
public record ContestPlan(
    int rounds,
    long sliceNanos,
    long warmUpSpanNanos,
    long mostWarmUpNanos,
    long leastJavaWarmUpNanos,
    long mostJavaWarmUpNanos,
    double timesSlowerToLeave) {

  /** For figures worth quoting. */
  public static final ContestPlan THOROUGH =
      new ContestPlan(
          7,
          20_000_000L,
          30_000_000L,
          1_000_000_000L,
          400_000_000L,
          20_000_000_000L,
          Double.POSITIVE_INFINITY);

  /** For a look at where things stand. */
  public static final ContestPlan QUICK =
      new ContestPlan(3, 10_000_000L, 12_000_000L, 400_000_000L, 350_000_000L, 20_000_000_000L, 8);
}
