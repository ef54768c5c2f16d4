package dev.gatun.bench.jmh;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Nothing at all, for as long as a step takes: what JMH itself allocates while it measures. Its
 * allocation profiler counts the whole virtual machine, so the longer an operation takes, the more
 * of this there is in the figure of that operation. To be run beside {@link CaseBenchmark}, with
 * the same times.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 8, time = 1)
@Measurement(iterations = 5, time = 1)
public class HarnessBenchmark {

  /** How long an operation takes, in microseconds. */
  @Param({"20", "1000", "7500", "60000"})
  public int micros;

  /** Waits on the processor. */
  @Benchmark
  public void nothing() {
    long end = System.nanoTime() + TimeUnit.MICROSECONDS.toNanos(micros);
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }
}
