package dev.gatun.bench.jmh;

import dev.gatun.kernels.Kernels;
import dev.gatun.kernels.reduce.Reduction;
import dev.gatun.kernels.reduce.ReductionKernels;
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

/** Reductions and softmax over the rows of a float32 matrix. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(3)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class ReductionBenchmark {

  /** Rows and columns. */
  @Param({"512x1000", "64x4096"})
  public String shape;

  private final ReductionKernels kernels = Kernels.provider().reductions();

  private StridedArray matrix;
  private StridedArray oneEachRow;
  private StridedArray indexEachRow;
  private StridedArray one;
  private StridedArray out;

  /** Makes the operands. */
  @Setup(Level.Trial)
  public void allocate() {
    long rows = Long.parseLong(shape.substring(0, shape.indexOf('x')));
    long columns = Long.parseLong(shape.substring(shape.indexOf('x') + 1));
    matrix = RandomArrays.uniform(DType.FLOAT32, 1, rows, columns);
    oneEachRow = RandomArrays.uniform(DType.FLOAT32, 2, rows, 1);
    indexEachRow = RandomArrays.uniform(DType.INT64, 3, rows, 1);
    one = RandomArrays.uniform(DType.FLOAT32, 4, 1, 1);
    out = RandomArrays.uniform(DType.FLOAT32, 5, rows, columns);
  }

  /** Gives them back. */
  @TearDown(Level.Trial)
  public void close() {
    matrix.close();
    oneEachRow.close();
    indexEachRow.close();
    one.close();
    out.close();
  }

  /**
   * Sums everything.
   *
   * @return the result
   */
  @Benchmark
  public StridedArray sum() {
    kernels.reduce(Reduction.SUM, one, matrix);
    return one;
  }

  /**
   * Sums each row.
   *
   * @return the result
   */
  @Benchmark
  public StridedArray sumOfRows() {
    kernels.reduce(Reduction.SUM, oneEachRow, matrix);
    return oneEachRow;
  }

  /**
   * Finds the largest element of each row.
   *
   * @return the result
   */
  @Benchmark
  public StridedArray maxOfRows() {
    kernels.reduce(Reduction.MAX, oneEachRow, matrix);
    return oneEachRow;
  }

  /**
   * Finds where the largest element of each row is.
   *
   * @return the result
   */
  @Benchmark
  public StridedArray argMaxOfRows() {
    kernels.argMax(indexEachRow, matrix, 1);
    return indexEachRow;
  }

  /**
   * Softmax of each row.
   *
   * @return the result
   */
  @Benchmark
  public StridedArray softmax() {
    kernels.softmax(out, matrix, 1);
    return out;
  }

  /**
   * Log-softmax of each row.
   *
   * @return the result
   */
  @Benchmark
  public StridedArray logSoftmax() {
    kernels.logSoftmax(out, matrix, 1);
    return out;
  }
}
