package dev.gatun.kernels.replay;

/**
 * A step on its way to compiled code. The compiler counts calls: a step that takes a microsecond in
 * a program of milliseconds would be the last to be compiled, long after the program is fast, and
 * would make garbage until then. Where it does no harm, such a step is therefore repeated.
 */
final class WarmingStep {
  /** Far more often than any method has to be called before it is compiled. */
  private static final int MOST_RUNS = 100_000;

  private final Step step;
  private final boolean repeatable;
  private long share;
  private int runs;

  /**
   * Wraps a step.
   *
   * @param step the step
   * @param repeatable whether running it several times in a row is as good as running it once
   */
  WarmingStep(Step step, boolean repeatable) {
    this.step = step;
    this.repeatable = repeatable;
  }

  /** Sets for how many nanoseconds the step may be repeated in each run of the program. */
  void share(long nanos) {
    share = nanos;
  }

  /** Runs the step, repeats it within its share, and returns what the first run took. */
  long run() {
    long begin = System.nanoTime();
    step.run();
    long nanos = System.nanoTime() - begin;
    runs++;
    if (repeatable) {
      long end = begin + share - nanos;
      while (runs < MOST_RUNS && System.nanoTime() < end) {
        step.run();
        runs++;
      }
    }
    return nanos;
  }
}
