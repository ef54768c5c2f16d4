package dev.gatun.kernels.gemm;

import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;

/** Brings sums to their place in the result. */
final class Results {
  private final DType dtype;
  private final TileShape shape;
  private final BlockKernels kernels;
  private final int elementBytes;

  Results(DType dtype, TileShape shape, BlockKernels kernels) {
    this.dtype = dtype;
    this.shape = shape;
    this.kernels = kernels;
    this.elementBytes = dtype.byteSize();
  }

  /**
   * Adds the sums of one tile to the result: {@code alpha * sums}, to which the first time {@code
   * beta * out} or the bias is added, and later what is there.
   */
  void save(
      MatmulTask task,
      MemorySegment sums,
      long sumsRowBytes,
      int rows,
      int columns,
      long outOffset,
      long biasOffset,
      boolean first) {
    if (!first) {
      add(task, task.alpha, sums, sumsRowBytes, rows, columns, outOffset, task.out, outOffset, 1);
    } else if (task.addsBiasFirst()) {
      add(task, task.alpha, sums, sumsRowBytes, rows, columns, outOffset, task.bias, biasOffset, 1);
    } else if (task.beta != 0) {
      add(
          task,
          task.alpha,
          sums,
          sumsRowBytes,
          rows,
          columns,
          outOffset,
          task.out,
          outOffset,
          task.beta);
    } else {
      var out = task.out;
      scale(
          task.alpha,
          sums,
          0,
          sumsRowBytes,
          rows,
          columns,
          out.segment,
          outOffset,
          out.rowBytes,
          out.columnBytes);
    }
  }

  private void add(
      MatmulTask task,
      double alpha,
      MemorySegment sums,
      long sumsRowBytes,
      int rows,
      int columns,
      long outOffset,
      MatrixOperand addend,
      long addendOffset,
      double beta) {
    var out = task.out;
    add(
        alpha,
        sums,
        0,
        sumsRowBytes,
        rows,
        columns,
        out.segment,
        outOffset,
        out.rowBytes,
        out.columnBytes,
        addend.segment,
        addendOffset,
        addend.rowBytes,
        addend.columnBytes,
        beta);
  }

  /** Adds sums to the first ones, which already are in their place, without a factor. */
  void addSums(
      MatmulTask task,
      MemorySegment sums,
      long sumsRowBytes,
      int rows,
      int columns,
      long outOffset) {
    add(task, 1, sums, sumsRowBytes, rows, columns, outOffset, task.out, outOffset, 1);
  }

  /**
   * Multiplies sums that already are in their place by alpha, and adds the bias. Vectors run along
   * rows of the result, or along its columns where these are what has no gaps.
   */
  void complete(MatmulTask task, int rows, int columns, long outOffset, long biasOffset) {
    var out = task.out;
    var bias = task.bias;
    if (out.columnBytes == elementBytes) {
      complete(
          task,
          rows,
          columns,
          outOffset,
          out.rowBytes,
          out.columnBytes,
          biasOffset,
          bias.rowBytes,
          bias.columnBytes);
    } else {
      complete(
          task,
          columns,
          rows,
          outOffset,
          out.columnBytes,
          out.rowBytes,
          biasOffset,
          bias.columnBytes,
          bias.rowBytes);
    }
  }

  private void complete(
      MatmulTask task,
      int rows,
      int columns,
      long outOffset,
      long outRowBytes,
      long outColumnBytes,
      long biasOffset,
      long biasRowBytes,
      long biasColumnBytes) {
    var out = task.out.segment;
    if (task.hasBias) {
      add(
          task.alpha,
          out,
          outOffset,
          outRowBytes,
          rows,
          columns,
          out,
          outOffset,
          outRowBytes,
          outColumnBytes,
          task.bias.segment,
          biasOffset,
          biasRowBytes,
          biasColumnBytes,
          1);
    } else if (task.alpha != 1) {
      scale(
          task.alpha,
          out,
          outOffset,
          outRowBytes,
          rows,
          columns,
          out,
          outOffset,
          outRowBytes,
          outColumnBytes);
    }
  }

  /** Adds a bias that could not be what the sums started from. */
  void addBias(MatmulTask task, int rows, int columns, long outOffset, long biasOffset) {
    var out = task.out;
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        long at = outOffset + row * out.rowBytes + column * out.columnBytes;
        long from = biasOffset + row * task.bias.rowBytes + column * task.bias.columnBytes;
        double value = dtype.getDouble(out.segment, at);
        dtype.setDouble(out.segment, at, value + dtype.getDouble(task.bias.segment, from));
      }
    }
  }

  private void scale(
      double alpha,
      MemorySegment sums,
      long sumsOffset,
      long sumsRowBytes,
      int rows,
      int columns,
      MemorySegment out,
      long outOffset,
      long outRowBytes,
      long outColumnBytes) {
    int column = 0;
    if (outColumnBytes == elementBytes) {
      for (int vectors; (vectors = vectorsWithin(columns - column)) > 0; ) {
        long along = (long) column * elementBytes;
        kernels
            .panel(vectors)
            .scale(
                rows,
                alpha,
                sums,
                sumsOffset + along,
                sumsRowBytes,
                out,
                outOffset + along,
                outRowBytes);
        column += vectors * shape.lanes();
      }
    }
    for (; column < columns; column++) {
      for (int row = 0; row < rows; row++) {
        long from = sumsOffset + row * sumsRowBytes + (long) column * elementBytes;
        long at = outOffset + row * outRowBytes + column * outColumnBytes;
        dtype.setDouble(out, at, alpha * dtype.getDouble(sums, from));
      }
    }
  }

  private void add(
      double alpha,
      MemorySegment sums,
      long sumsOffset,
      long sumsRowBytes,
      int rows,
      int columns,
      MemorySegment out,
      long outOffset,
      long outRowBytes,
      long outColumnBytes,
      MemorySegment addend,
      long addendOffset,
      long addendRowBytes,
      long addendColumnBytes,
      double beta) {
    int column = 0;
    if (outColumnBytes == elementBytes && addendColumnBytes == elementBytes) {
      for (int vectors; (vectors = vectorsWithin(columns - column)) > 0; ) {
        long along = (long) column * elementBytes;
        kernels
            .panel(vectors)
            .add(
                rows,
                alpha,
                sums,
                sumsOffset + along,
                sumsRowBytes,
                beta,
                addend,
                addendOffset + along,
                addendRowBytes,
                out,
                outOffset + along,
                outRowBytes);
        column += vectors * shape.lanes();
      }
    }
    for (; column < columns; column++) {
      for (int row = 0; row < rows; row++) {
        long from = sumsOffset + row * sumsRowBytes + (long) column * elementBytes;
        long with = addendOffset + row * addendRowBytes + column * addendColumnBytes;
        long at = outOffset + row * outRowBytes + column * outColumnBytes;
        double value = alpha * dtype.getDouble(sums, from);
        dtype.setDouble(out, at, value + beta * dtype.getDouble(addend, with));
      }
    }
  }

  private int vectorsWithin(int columns) {
    return Math.min(shape.vectors(), columns / shape.lanes());
  }
}
