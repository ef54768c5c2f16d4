package dev.gatun.bench.first;

import java.util.Arrays;

/** The durations of calls that followed each other without a break, the first one first. */
final class CallLog {

  /** The calls of the last part of the log, one in this many, show the full speed. */
  private static final int PART_AT_FULL_SPEED = 5;

  private static final double SHARE_OF_FULL_SPEED = 0.9;

  /** So many calls in a row, at their median, must be fast, and all of them in this time. */
  private static final int FEWEST_CALLS = 5;

  private static final long WINDOW_NANOS = 5_000_000;
  private static final int MOST_CALLS = 1 << 20;

  private long[] nanos = new long[1024];
  private int count;

  void add(long duration) {
    if (count == nanos.length) {
      nanos = Arrays.copyOf(nanos, 2 * count);
    }
    nanos[count++] = duration;
  }

  boolean isFull() {
    return count >= MOST_CALLS;
  }

  long firstNanos() {
    return nanos[0];
  }

  /** The median duration at the end of the log. */
  long fullSpeedNanos() {
    return median(count - Math.max(1, count / PART_AT_FULL_SPEED), count);
  }

  /**
   * The time from the start of the first call until calls have 90 % of full speed: until the first
   * fast call of the first window whose median is that fast.
   */
  long steadyNanos() {
    double fast = fullSpeedNanos() / SHARE_OF_FULL_SPEED;
    long elapsed = 0;
    int from = 0;
    while (from < count) {
      int to = windowEnd(from);
      if (median(from, to) <= fast) {
        while (nanos[from] > fast) {
          elapsed += nanos[from++];
        }
        return elapsed;
      }
      for (; from < to; from++) {
        elapsed += nanos[from];
      }
    }
    return elapsed;
  }

  private int windowEnd(int from) {
    long window = 0;
    int to = from;
    while (to < count && (window < WINDOW_NANOS || to - from < FEWEST_CALLS)) {
      window += nanos[to++];
    }
    return to;
  }

  private long median(int from, int to) {
    var sorted = Arrays.copyOfRange(nanos, from, to);
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
