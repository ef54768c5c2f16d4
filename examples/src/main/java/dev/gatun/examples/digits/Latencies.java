package dev.gatun.examples.digits;

import com.sun.management.ThreadMXBean;
import dev.gatun.autograd.Tensor;
import dev.gatun.memory.DType;
import dev.gatun.memory.Scope;
import dev.gatun.nn.Module;
import dev.gatun.nn.Predictor;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * How long single answers take, and what they leave on the heap.
 *
 * @param count how many answers were timed
 * @param p50 the median, in microseconds
 * @param p99 what 99 of 100 stay within, in microseconds
 * @param p999 what 999 of 1000 stay within, in microseconds
 * @param bytesPerInference the heap bytes that the thread allocated, for each answer
 */
record Latencies(int count, double p50, double p99, double p999, double bytesPerInference) {
  private static final int WARM_UP_ROUND = 5_000;
  private static final int QUIET_ROUNDS = 3;
  private static final int COUNT = 50_000;
  private static final int ATTEMPTS = 5;
  private static final long WARM_UP_NANOSECONDS = TimeUnit.SECONDS.toNanos(12);
  private static final long LONGEST_NANOSECONDS = TimeUnit.SECONDS.toNanos(10);
  private static final int DIGITS = 3;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /**
   * Answers one sample at a time, first until the code is compiled, then timing each.
   *
   * @param model the model
   * @param samples the inputs, [samples, features]
   * @return the figures
   */
  static Latencies measure(Module model, Tensor samples) {
    Histogram histogram = new Histogram(LONGEST_NANOSECONDS, DIGITS);
    try (var _ = Scope.open();
        Predictor predictor = Predictor.of(model, DType.FLOAT32, 1, samples.size(1))) {
      Tensor[] rows = new Tensor[(int) samples.size(0)];
      for (int row = 0; row < rows.length; row++) {
        rows[row] = samples.narrow(0, row, 1);
      }
      warmUp(predictor, rows, histogram);
      // What ran while the compiler was still at work is not what a server sees: it is measured
      // anew.
      long allocated = measureOnce(predictor, rows, histogram);
      for (int again = 1; again < ATTEMPTS && allocated > 0; again++) {
        allocated = measureOnce(predictor, rows, histogram);
      }
      return new Latencies(
          COUNT,
          microseconds(histogram, 50),
          microseconds(histogram, 99),
          microseconds(histogram, 99.9),
          (double) allocated / COUNT);
    }
  }

  /** Times answers into an empty histogram; returns the heap bytes that they took. */
  private static long measureOnce(Predictor predictor, Tensor[] rows, Histogram histogram) {
    histogram.reset();
    long before = THREADS.getCurrentThreadAllocatedBytes();
    answer(predictor, rows, COUNT, histogram);
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }

  /** Answers until the code is compiled: compiled code allocates nothing. */
  private static void warmUp(Predictor predictor, Tensor[] rows, Histogram histogram) {
    long begin = System.nanoTime();
    int quiet = 0;
    while (quiet < QUIET_ROUNDS && System.nanoTime() - begin < WARM_UP_NANOSECONDS) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      answer(predictor, rows, WARM_UP_ROUND, histogram);
      boolean nothing = THREADS.getCurrentThreadAllocatedBytes() == before;
      quiet = nothing ? quiet + 1 : 0;
    }
  }

  private static void answer(Predictor predictor, Tensor[] rows, int count, Histogram histogram) {
    for (int i = 0; i < count; i++) {
      Tensor sample = rows[i % rows.length];
      long begin = System.nanoTime();
      predictor.predict(sample);
      histogram.recordValue(Math.min(System.nanoTime() - begin, LONGEST_NANOSECONDS));
    }
  }

  private static double microseconds(Histogram histogram, double percentile) {
    return histogram.getValueAtPercentile(percentile) / 1000.0;
  }
}
