package dev.gatun.bench.jmh;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.NoGrad;
import dev.gatun.autograd.Tensor;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Operations on 32 float32 elements, where the way to the kernel costs more than the kernel:
 * checks, a block of memory, a handle, the scope, the tape.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class SmallTensorBenchmark {

  private static final int OPERATIONS = 10;
  private static final int SIZE = 32;

  private Tensor a;
  private Tensor b;
  private Tensor weight;
  private Tensor out;

  /** Makes the operands. */
  @Setup(Level.Trial)
  public void allocate() {
    Gatun.manualSeed(1);
    a = Gatun.randn(SIZE);
    b = Gatun.randn(SIZE);
    out = Gatun.randn(SIZE);
    weight = Gatun.randn(SIZE).requiresGrad_();
  }

  /** Gives them back. */
  @TearDown(Level.Trial)
  public void close() {
    a.close();
    b.close();
    out.close();
    weight.close();
  }

  /**
   * Ten additions in a scope; the figure is for one.
   *
   * @param blackhole takes the results
   */
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public void addInScope(Blackhole blackhole) {
    try (var _ = dev.gatun.memory.Scope.open()) {
      for (int operation = 0; operation < OPERATIONS; operation++) {
        blackhole.consume(a.add(b));
      }
    }
  }

  /**
   * The same without gradient mode.
   *
   * @param blackhole takes the results
   */
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public void addInScopeWithoutGradients(Blackhole blackhole) {
    try (var _ = NoGrad.open();
        var _ = dev.gatun.memory.Scope.open()) {
      for (int operation = 0; operation < OPERATIONS; operation++) {
        blackhole.consume(a.add(b));
      }
    }
  }

  /**
   * An addition into a tensor that exists.
   *
   * @return the result
   */
  @Benchmark
  public Tensor addOut() {
    return a.addOut(b, out);
  }

  /**
   * Add, multiply, ReLU, sum and backward.
   *
   * @param blackhole takes the gradient
   */
  @Benchmark
  public void forwardAndBackward(Blackhole blackhole) {
    try (var _ = dev.gatun.memory.Scope.open()) {
      weight.zeroGrad();
      a.add(weight).mul(b).relu().sum().backward();
      blackhole.consume(weight);
    }
  }
}
