package dev.gatun.kernels.gemm;

import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Products of a few rows with many columns, where both have no gaps along the depth: matrix times
 * vector, and layers that keep their weights by output. The right operand is read once, as it lies.
 */
final class DotProducts {
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED;

  /** Columns whose sums are collected before they are brought to their place. */
  private static final int CHUNK = 256;

  private static final int MOST_SUMS = 16;

  private final DType dtype;
  private final int elementBytes;
  private final TileShape shape;
  private final BlockKernels kernels;
  private final Packing packing;
  private final Results results;

  DotProducts(
      DType dtype, TileShape shape, BlockKernels kernels, Packing packing, Results results) {
    this.dtype = dtype;
    this.elementBytes = dtype.byteSize();
    this.shape = shape;
    this.kernels = kernels;
    this.packing = packing;
    this.results = results;
  }

  void multiply(Scratch scratch, MatmulTask task) {
    var part = scratch.part;
    int rows = (int) part.rows;
    long columns = part.columns;
    long leftOffset = part.leftOffset;
    int depth = Math.toIntExact(task.depth);
    var left = task.left.segment;
    long leftFrom = leftOffset;
    long leftRowBytes = task.left.rowBytes;
    if (task.left.columnBytes != elementBytes) {
      leftFrom = 0;
      leftRowBytes = packing.rowBytes(depth);
      scratch.reserveLeft(rows * leftRowBytes);
      packing.copy(
          rows,
          depth,
          task.left.segment,
          leftOffset,
          task.left.rowBytes,
          task.left.columnBytes,
          scratch.left,
          0,
          leftRowBytes);
      left = scratch.left;
    }
    long vectorBytes = (long) shape.lanes() * elementBytes;
    long sumsRowBytes = (long) CHUNK * elementBytes;
    scratch.reserveBlock(rows * sumsRowBytes);
    scratch.reserveSums(MOST_SUMS * vectorBytes);
    for (long first = 0; first < columns; first += CHUNK) {
      int width = (int) Math.min(CHUNK, columns - first);
      long right = part.rightOffset + first * task.right.columnBytes;
      for (int column = 0; column < width; ) {
        int across = width - column >= columnsAtOnce(rows) ? columnsAtOnce(rows) : 1;
        long from = right + column * task.right.columnBytes;
        for (int row = 0; row < rows; ) {
          int height = rowsAtOnce(rows - row, across);
          multiplyTile(
              scratch,
              task,
              left,
              leftFrom + row * leftRowBytes,
              leftRowBytes,
              from,
              height,
              across,
              row * sumsRowBytes + (long) column * elementBytes,
              sumsRowBytes);
          row += height;
        }
        column += across;
      }
      long out = part.outOffset + first * task.out.columnBytes;
      long bias = part.biasOffset + first * task.bias.columnBytes;
      results.save(task, scratch.block, sumsRowBytes, rows, width, out, bias, true);
      if (task.hasBias && !task.addsBiasFirst()) {
        results.addBias(task, rows, width, out, bias);
      }
      task.applyEpilogue(part, 0, first, rows, width);
    }
  }

  private static int columnsAtOnce(int rows) {
    return rows == 1 ? 8 : 4;
  }

  private static int rowsAtOnce(int remaining, int columns) {
    return columns > 4 || remaining < 2 ? 1 : remaining < 4 ? 2 : 4;
  }

  private void multiplyTile(
      Scratch scratch,
      MatmulTask task,
      MemorySegment left,
      long leftOffset,
      long leftRowBytes,
      long rightOffset,
      int rows,
      int columns,
      long blockOffset,
      long blockRowBytes) {
    int depth = (int) task.depth;
    int steps = depth / shape.lanes();
    var right = task.right;
    kernels
        .dotTile(rows, columns)
        .multiply(
            steps,
            left,
            leftOffset,
            leftRowBytes,
            right.segment,
            rightOffset,
            right.columnBytes,
            scratch.sums);
    int rest = steps * shape.lanes();
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        int vector = (row * columns + column) * shape.lanes();
        long leftRow = leftOffset + row * leftRowBytes;
        long rightColumn = rightOffset + column * right.columnBytes;
        long to = blockOffset + row * blockRowBytes + (long) column * elementBytes;
        if (dtype == DType.FLOAT32) {
          double sum = sumFloats(scratch.sums, vector);
          for (int i = rest; i < depth; i++) {
            long at = (long) i * Float.BYTES;
            sum +=
                (double) left.get(FLOAT, leftRow + at) * right.segment.get(FLOAT, rightColumn + at);
          }
          scratch.block.set(FLOAT, to, (float) sum);
        } else {
          double sum = sumDoubles(scratch.sums, vector);
          for (int i = rest; i < depth; i++) {
            long at = (long) i * Double.BYTES;
            sum += left.get(DOUBLE, leftRow + at) * right.segment.get(DOUBLE, rightColumn + at);
          }
          scratch.block.set(DOUBLE, to, sum);
        }
      }
    }
  }

  /** Adds the lanes of a vector in a fixed order, as two sums of neighbours. */
  private double sumFloats(MemorySegment sums, int vector) {
    double even = 0;
    double odd = 0;
    for (int lane = 0; lane < shape.lanes(); lane += 2) {
      even += sums.get(FLOAT, (vector + lane) * (long) Float.BYTES);
      odd += sums.get(FLOAT, (vector + lane + 1) * (long) Float.BYTES);
    }
    return even + odd;
  }

  private double sumDoubles(MemorySegment sums, int vector) {
    double even = 0;
    double odd = 0;
    for (int lane = 0; lane < shape.lanes(); lane += 2) {
      even += sums.get(DOUBLE, (vector + lane) * (long) Double.BYTES);
      odd += sums.get(DOUBLE, (vector + lane + 1) * (long) Double.BYTES);
    }
    return even + odd;
  }
}
