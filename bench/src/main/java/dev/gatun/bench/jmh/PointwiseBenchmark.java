package dev.gatun.bench.jmh;

import dev.gatun.kernels.Kernels;
import dev.gatun.kernels.pointwise.Expression;
import dev.gatun.kernels.pointwise.PointwiseKernel;
import dev.gatun.kernels.pointwise.PointwiseProgram;
import dev.gatun.memory.DType;
import dev.gatun.memory.StridedArray;
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
 * Elementwise kernels on float32: a tiny array, one that fits the first cache, one that fits none.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class PointwiseBenchmark {

  /** Elements of each array. */
  @Param({"32", "4096", "4194304"})
  public int size;

  private final PointwiseKernel addKernel = kernel("add", Expression.input(0).add(y()));
  private final PointwiseKernel expKernel = kernel("exp", Expression.input(0).exp());
  private final PointwiseKernel chainKernel =
      kernel("x * sigmoid(x) + y", Expression.input(0).mul(Expression.input(0).sigmoid()).add(y()));

  private StridedArray a;
  private StridedArray b;
  private StridedArray out;

  /** Makes the operands. */
  @Setup(Level.Trial)
  public void allocate() {
    a = RandomArrays.uniform(DType.FLOAT32, 1, size);
    b = RandomArrays.uniform(DType.FLOAT32, 2, size);
    out = RandomArrays.uniform(DType.FLOAT32, 3, size);
  }

  /** Gives them back. */
  @TearDown(Level.Trial)
  public void close() {
    a.close();
    b.close();
    out.close();
  }

  /**
   * Adds two arrays.
   *
   * @return the result
   */
  @Benchmark
  public StridedArray add() {
    addKernel.run(out, a, b, 0, 0);
    return out;
  }

  /**
   * Takes the exponential of each element.
   *
   * @return the result
   */
  @Benchmark
  public StridedArray exp() {
    expKernel.run(out, a, 0, 0);
    return out;
  }

  /**
   * Computes {@code x * sigmoid(x) + y} in one pass.
   *
   * @return the result
   */
  @Benchmark
  public StridedArray fusedChain() {
    chainKernel.run(out, a, b, 0, 0);
    return out;
  }

  private static Expression y() {
    return Expression.input(1);
  }

  private static PointwiseKernel kernel(String name, Expression output) {
    int inputs = output.uses(1) ? 2 : 1;
    return Kernels.provider().pointwise(PointwiseProgram.of(name, DType.FLOAT32, inputs, output));
  }
}
