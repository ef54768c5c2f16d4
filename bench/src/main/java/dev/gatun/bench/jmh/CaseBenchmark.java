package dev.gatun.bench.jmh;

import dev.gatun.bench.cases.CpuCases;
import dev.gatun.bench.contest.Call;
import dev.gatun.bench.contest.Operands;
import dev.gatun.bench.peers.Gatun;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Gatun's side of cases of {@code gatun bench cpu}, for what JMH's profilers say about them: above
 * all that replayed plans allocate nothing. Any case can be named with {@code -p name=...}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 8, time = 1)
@Measurement(iterations = 5, time = 1)
public class CaseBenchmark {

  /** The case. */
  @Param({
    "MLP inference, batch 1, plan",
    "MLP inference, batch 64, plan",
    "MLP SGD step, batch 64, plan",
    "MLP Adam step, batch 64, plan",
    "encoder inference, plan",
    "encoder SGD step, plan"
  })
  public String name;

  private Operands operands;
  private Call call;

  /**
   * Makes the operands and the model.
   *
   * @throws Exception when the case cannot be prepared
   */
  @Setup(Level.Trial)
  public void prepare() throws Exception {
    var benchmark = CpuCases.named(name);
    operands = new Operands(benchmark.inputs());
    call = benchmark.prepare(new Gatun(), operands);
    call.enter();
    // What a service does before it takes requests, where there is such a call.
    call.warmUp();
  }

  /** Gives everything back. */
  @TearDown(Level.Trial)
  public void close() {
    call.leave();
    operands.close();
  }

  /** Does the work of the case once. */
  @Benchmark
  public void run() {
    call.run();
  }
}
