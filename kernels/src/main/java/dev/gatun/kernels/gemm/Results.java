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
      add(task, sums, 0, sumsRowBytes, rows, columns, outOffset, task.out, outOffset, 1);
    } else if (task.addsBiasFirst()) {
      add(task, sums, 0, sumsRowBytes, rows, columns, outOffset, task.bias, biasOffset, 1);
    } else if (task.beta != 0) {
      add(task, sums, 0, sumsRowBytes, rows, columns, outOffset, task.out, outOffset, task.beta);
    } else {
      scale(task, task.alpha, sums, 0, sumsRowBytes, rows, columns, outOffset);
    }
  }

  /** Multiplies sums that already are in their place by alpha, and adds the bias. */
  void complete(MatmulTask task, int rows, int columns, long outOffset, long biasOffset) {
    var out = task.out;
    if (task.hasBias) {
      add(
          task,
          out.segment,
          outOffset,
          out.rowBytes,
          rows,
          columns,
          outOffset,
          task.bias,
          biasOffset,
          1);
    } else if (task.alpha != 1) {
      scale(task, task.alpha, out.segment, outOffset, out.rowBytes, rows, columns, outOffset);
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
      MatmulTask task,
      double alpha,
      MemorySegment sums,
      long sumsOffset,
      long sumsRowBytes,
      int rows,
      int columns,
      long outOffset) {
    var out = task.out;
    int column = 0;
    if (out.columnBytes == elementBytes) {
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
                out.segment,
                outOffset + along,
                out.rowBytes);
        column += vectors * shape.lanes();
      }
    }
    for (; column < columns; column++) {
      for (int row = 0; row < rows; row++) {
        long from = sumsOffset + row * sumsRowBytes + (long) column * elementBytes;
        long at = outOffset + row * out.rowBytes + column * out.columnBytes;
        dtype.setDouble(out.segment, at, alpha * dtype.getDouble(sums, from));
      }
    }
  }

  private void add(
      MatmulTask task,
      MemorySegment sums,
      long sumsOffset,
      long sumsRowBytes,
      int rows,
      int columns,
      long outOffset,
      MatrixOperand addend,
      long addendOffset,
      double beta) {
    var out = task.out;
    int column = 0;
    if (out.columnBytes == elementBytes && addend.columnBytes == elementBytes) {
      for (int vectors; (vectors = vectorsWithin(columns - column)) > 0; ) {
        long along = (long) column * elementBytes;
        kernels
            .panel(vectors)
            .add(
                rows,
                task.alpha,
                sums,
                sumsOffset + along,
                sumsRowBytes,
                beta,
                addend.segment,
                addendOffset + along,
                addend.rowBytes,
                out.segment,
                outOffset + along,
                out.rowBytes);
        column += vectors * shape.lanes();
      }
    }
    for (; column < columns; column++) {
      for (int row = 0; row < rows; row++) {
        long from = sumsOffset + row * sumsRowBytes + (long) column * elementBytes;
        long with = addendOffset + row * addend.rowBytes + column * addend.columnBytes;
        long at = outOffset + row * out.rowBytes + column * out.columnBytes;
        double value = task.alpha * dtype.getDouble(sums, from);
        dtype.setDouble(out.segment, at, value + beta * dtype.getDouble(addend.segment, with));
      }
    }
  }

  private int vectorsWithin(int columns) {
    return Math.min(shape.vectors(), columns / shape.lanes());
  }
}
