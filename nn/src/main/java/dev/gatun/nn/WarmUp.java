package dev.gatun.nn;

import dev.gatun.memory.ArgumentException;
import java.time.Duration;

/**
 * Repeats work until the JIT compiler is done with it, so that the first caller who matters does
 * not wait for that: before it is compiled, vector code is a hundred times slower.
 *
 * {@snippet :
 * void makeReady(Sequential model, Tensor sample) {
 *   model.eval();
 *   WarmUp.repeat(() -> model.forward(sample).close(), java.time.Duration.ofSeconds(5));
 * }
 * }
 *
 * <p>What is timed decides: the work is taken to be compiled when for a while it has become no
 * faster. That is as good as a guess can be; a machine busy with something else delays the compiler
 * too, and may need a longer limit.
 */
public final class WarmUp {
  /** The limit of {@link Module#warmUp} and {@link Predictor#warmUp}. */
  static final Duration LIMIT = Duration.ofSeconds(10);

  /** A round takes this long, so that a clock's resolution and a stray pause do not matter. */
  private static final long ROUND_NANOS = 10_000_000;

  /** The compiler looks at a method again after so many calls. */
  private static final long LEAST_CALLS = 2_000;

  private static final int STEADY_ROUNDS = 40;
  private static final double PROGRESS = 0.95;

  private WarmUp() {}

  /**
   * Repeats work on the calling thread.
   *
   * @param work what is to become fast; must be repeatable, and close what it makes
   * @param limit how long to go on at most; the call under way then is finished
   * @return how long it took
   * @throws ArgumentException when the limit is negative
   */
  public static Duration repeat(Runnable work, Duration limit) {
    if (limit.isNegative()) {
      throw new ArgumentException("warm-up: a limit of " + limit + " is negative");
    }
    long begin = System.nanoTime();
    long most = limit.toNanos();
    long calls = 0;
    double best = Double.POSITIVE_INFINITY;
    int steadyRounds = 0;
    long now = begin;
    while (now - begin < most && (steadyRounds < STEADY_ROUNDS || calls < LEAST_CALLS)) {
      long start = now;
      long callsOfRound = 0;
      do {
        work.run();
        callsOfRound++;
        now = System.nanoTime();
      } while (now - start < ROUND_NANOS && now - begin < most);
      calls += callsOfRound;
      double each = (double) (now - start) / callsOfRound;
      steadyRounds = each < best * PROGRESS ? 0 : steadyRounds + 1;
      best = Math.min(best, each);
    }
    return Duration.ofNanos(now - begin);
  }
}
