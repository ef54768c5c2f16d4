package dev.gatun.bench.jmh;

import dev.gatun.memory.DType;
import dev.gatun.memory.MemoryPool;
import dev.gatun.memory.Shape;
import dev.gatun.memory.Storage;
import dev.gatun.memory.StridedArray;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** Taking memory from the pool and giving it back, in the steady state. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class PoolBenchmark {

  private static final int HANDLES = 10;

  /** Bytes of a block. */
  @Param({"128", "4096", "4194304"})
  public long bytes;

  private final MemoryPool pool = MemoryPool.shared();

  /**
   * Takes a block and gives it back.
   *
   * @return the storage, released
   */
  @Benchmark
  public Storage allocateAndRelease() {
    var storage = pool.allocate(bytes);
    storage.release();
    return storage;
  }

  /**
   * The same while another thread does so too.
   *
   * @return the storage, released
   */
  @Benchmark
  @Threads(2)
  public Storage allocateAndReleaseOnTwoThreads() {
    var storage = pool.allocate(bytes);
    storage.release();
    return storage;
  }

  /**
   * Makes ten handles with memory in a scope and closes the scope; the figure is for one handle.
   *
   * @param blackhole takes the handles
   */
  @Benchmark
  @OperationsPerInvocation(HANDLES)
  public void handlesInScope(Blackhole blackhole) {
    var shape = Shape.of(bytes / DType.FLOAT32.byteSize());
    try (var scope = dev.gatun.memory.Scope.open()) {
      for (int handle = 0; handle < HANDLES; handle++) {
        blackhole.consume(StridedArray.allocate(DType.FLOAT32, shape));
      }
      blackhole.consume(scope);
    }
  }
}
