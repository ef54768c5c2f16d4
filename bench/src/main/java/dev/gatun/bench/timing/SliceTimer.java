package dev.gatun.bench.timing;

import java.util.Arrays;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Times short operations in slices.
 *
 * <p>In a slice the operation is called in batches of about half a millisecond, or singly where a
 * call takes longer, and the slice's figure is the lower quartile of its batches: the batches that
 * a scheduler, an interrupt or a neighbour disturbed are slower and do not count, and a single
 * lucky one does not either. Contestants take turns slice by slice, so that a slow phase of the
 * machine meets all of them.
 */
public final class SliceTimer {

  private static final long BATCH_NANOS = 500_000;

  /** Of a call that takes as long, two are enough to warm native code up. */
  private static final long LONG_WARM_UP_NANOS = 30_000_000;

  private static final int STEADY_SPANS = 2;

  /** Threads wake up and caches fill in a small part of a call as long as this. */
  private static final long LONG_CALL_NANOS = 20_000_000;

  /**
   * As long as calls of some milliseconds need from one threshold of the compiler to the next:
   * until then it has nothing to do, and code that it has yet to compile seems steady.
   */
  private static final int STEADY_JAVA_SPANS = 8;

  private static final long JAVA_SPAN_NANOS = 30_000_000;
  private static final double STEADY_RATIO = 0.98;
  private static final long WAKING_NANOS = 1_000_000;
  private static final int MOST_BATCHES = 4096;

  private final LongSupplier clock;
  private final long[] batchNanos = new long[MOST_BATCHES];

  /**
   * How fast an operation is once it is warm.
   *
   * @param fastestNanos the fastest call
   * @param callsPerBatch calls for about half a millisecond, at least 1
   */
  public record Pace(long fastestNanos, int callsPerBatch) {}

  /** Makes a timer that reads the machine's clock; one thread uses it at a time. */
  public SliceTimer() {
    this(System::nanoTime);
  }

  /**
   * Makes a timer that reads a clock of the caller's.
   *
   * @param clock tells the time in nanoseconds; operations must make it go on
   */
  public SliceTimer(LongSupplier clock) {
    this.clock = clock;
  }

  /**
   * Times one call.
   *
   * @param operation what to time
   * @return how long it took in nanoseconds
   */
  public long time(Runnable operation) {
    long started = clock.getAsLong();
    operation.run();
    return clock.getAsLong() - started;
  }

  /**
   * Calls native code until it gets no faster any more. Where a call takes 30 ms and more, two
   * calls are enough.
   *
   * @param operation what will be timed; it is called at least twice
   * @param spanNanos how long to call it before asking whether it got faster
   * @param mostNanos when to stop even if it still gets faster
   * @return the pace it has reached
   */
  public Pace warmUp(Runnable operation, long spanNanos, long mostNanos) {
    long first = time(operation);
    return first < LONG_WARM_UP_NANOS
        ? warmUp(operation, spanNanos, 0, mostNanos, STEADY_SPANS, () -> true)
        : paceOf(Math.min(first, time(operation)));
  }

  /**
   * Calls Java code until it gets no faster any more and the JIT compiler has nothing to do.
   *
   * @param operation what will be timed; it is called at least once
   * @param leastNanos how long to call it in any case
   * @param mostNanos when to stop even if it still gets faster
   * @return the pace it has reached
   */
  public Pace warmUpJava(Runnable operation, long leastNanos, long mostNanos) {
    return warmUp(
        operation,
        JAVA_SPAN_NANOS,
        leastNanos,
        mostNanos,
        STEADY_JAVA_SPANS,
        CompilerThreads::areIdle);
  }

  private Pace warmUp(
      Runnable operation,
      long spanNanos,
      long leastNanos,
      long mostNanos,
      int steadySpans,
      BooleanSupplier isSettled) {
    long started = clock.getAsLong();
    long fastest = Long.MAX_VALUE;
    int alike = 0;
    long elapsed;
    do {
      long next = fastestCall(operation, spanNanos);
      boolean steady = next >= STEADY_RATIO * fastest && isSettled.getAsBoolean();
      alike = steady ? alike + 1 : 0;
      fastest = Math.min(fastest, next);
      elapsed = clock.getAsLong() - started;
    } while (elapsed < mostNanos && (elapsed < leastNanos || alike < steadySpans));
    return paceOf(fastest);
  }

  private static Pace paceOf(long fastestNanos) {
    return new Pace(fastestNanos, (int) Math.max(1, BATCH_NANOS / Math.max(1, fastestNanos)));
  }

  private long fastestCall(Runnable operation, long spanNanos) {
    long started = clock.getAsLong();
    long fastest = Long.MAX_VALUE;
    long now = started;
    do {
      long before = now;
      operation.run();
      now = clock.getAsLong();
      fastest = Math.min(fastest, now - before);
    } while (now - started < spanNanos);
    return fastest;
  }

  /**
   * Times one slice, after a millisecond of calls (one at least) that are not timed; calls of 20 ms
   * and more are timed from the first one on.
   *
   * @param operation what to time
   * @param pace from {@link #warmUp}
   * @param sliceNanos how long the slice lasts; it holds at least one batch
   * @return seconds for one call
   */
  public double slice(Runnable operation, Pace pace, long sliceNanos) {
    if (pace.fastestNanos() < LONG_CALL_NANOS) {
      wake(operation);
    }
    int callsPerBatch = pace.callsPerBatch();
    int batches = 0;
    long started = clock.getAsLong();
    long now = started;
    do {
      long before = now;
      for (int call = 0; call < callsPerBatch; call++) {
        operation.run();
      }
      now = clock.getAsLong();
      batchNanos[batches++] = now - before;
    } while (now - started < sliceNanos && batches < MOST_BATCHES);
    Arrays.sort(batchNanos, 0, batches);
    return batchNanos[batches / 4] * 1e-9 / callsPerBatch;
  }

  private void wake(Runnable operation) {
    long started = clock.getAsLong();
    do {
      operation.run();
    } while (clock.getAsLong() - started < WAKING_NANOS);
  }
}
