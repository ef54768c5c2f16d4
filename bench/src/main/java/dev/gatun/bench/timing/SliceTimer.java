package dev.gatun.bench.timing;

import java.util.Arrays;

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
  private static final long WARM_UP_SPAN_NANOS = 30_000_000;
  private static final int STEADY_SPANS = 3;
  private static final double STEADY_RATIO = 0.98;
  private static final int MOST_BATCHES = 4096;

  private final long[] batchNanos = new long[MOST_BATCHES];

  /** Makes a timer; one thread uses it at a time. */
  public SliceTimer() {}

  /**
   * Calls an operation until it gets no faster any more, and says how many calls make a batch.
   *
   * @param operation what will be timed; it is called at least once
   * @param leastNanos how long to call it in any case
   * @param mostNanos when to stop even if it still gets faster
   * @return calls for about half a millisecond, at least 1
   */
  public int warmUp(Runnable operation, long leastNanos, long mostNanos) {
    long started = System.nanoTime();
    long fastest = fastestCall(operation);
    int alike = 0;
    long elapsed = System.nanoTime() - started;
    while (elapsed < leastNanos || (alike < STEADY_SPANS && elapsed < mostNanos)) {
      long next = fastestCall(operation);
      alike = next < STEADY_RATIO * fastest ? 0 : alike + 1;
      fastest = Math.min(fastest, next);
      elapsed = System.nanoTime() - started;
    }
    return (int) Math.max(1, BATCH_NANOS / Math.max(1, fastest));
  }

  private static long fastestCall(Runnable operation) {
    long started = System.nanoTime();
    long fastest = Long.MAX_VALUE;
    long now = started;
    do {
      long before = now;
      operation.run();
      now = System.nanoTime();
      fastest = Math.min(fastest, now - before);
    } while (now - started < WARM_UP_SPAN_NANOS);
    return fastest;
  }

  /**
   * Times one slice.
   *
   * @param operation what to time
   * @param callsPerBatch from {@link #warmUp}
   * @param sliceNanos how long the slice lasts; it holds at least one batch
   * @return seconds for one call
   */
  public double slice(Runnable operation, int callsPerBatch, long sliceNanos) {
    int batches = 0;
    long started = System.nanoTime();
    long now = started;
    do {
      long before = now;
      for (int call = 0; call < callsPerBatch; call++) {
        operation.run();
      }
      now = System.nanoTime();
      batchNanos[batches++] = now - before;
    } while (now - started < sliceNanos && batches < MOST_BATCHES);
    Arrays.sort(batchNanos, 0, batches);
    return batchNanos[batches / 4] * 1e-9 / callsPerBatch;
  }
}
