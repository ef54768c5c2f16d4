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

  private static final int MOST_ROWS = 4;
  private static final int MOST_COLUMNS = 4;
  private static final int MOST_COLUMNS_OF_ONE_ROW = 8;

  private final int elementBytes;
  private final TileShape shape;
  private final BlockKernels kernels;
  private final Packing packing;
  private final Results results;

  DotProducts(
      DType dtype, TileShape shape, BlockKernels kernels, Packing packing, Results results) {
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
    scratch.reserveSums(MOST_ROWS * shape.lanes() * vectorBytes);
    for (long first = 0; first < columns; first += CHUNK) {
      int width = (int) Math.min(CHUNK, columns - first);
      long right = part.rightOffset + first * task.right.columnBytes;
      for (int column = 0; column < width; column += shape.lanes()) {
        int across = Math.min(shape.lanes(), width - column);
        long from = right + column * task.right.columnBytes;
        for (int row = 0; row < rows; ) {
          int height = rowsAtOnce(rows - row);
          multiplyRows(
              scratch,
              task,
              left,
              leftFrom + row * leftRowBytes,
              leftRowBytes,
              from,
              height,
              across);
          kernels
              .laneSums()
              .add(
                  height,
                  scratch.sums,
                  scratch.block,
                  row * sumsRowBytes + (long) column * elementBytes,
                  sumsRowBytes);
          row += height;
        }
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

  private static int rowsAtOnce(int remaining) {
    return remaining >= 4 ? 4 : remaining >= 2 ? 2 : 1;
  }

  /** Leaves the partial sums of a few rows with at most as many columns as a vector has lanes. */
  private void multiplyRows(
      Scratch scratch,
      MatmulTask task,
      MemorySegment left,
      long leftOffset,
      long leftRowBytes,
      long rightOffset,
      int rows,
      int columns) {
    int depth = (int) task.depth;
    int steps = depth / shape.lanes();
    var right = task.right;
    long vectorBytes = (long) shape.lanes() * elementBytes;
    int most = Math.min(rows == 1 ? MOST_COLUMNS_OF_ONE_ROW : MOST_COLUMNS, shape.lanes());
    for (int column = 0; column < columns; ) {
      int across = columns - column >= most ? most : 1;
      kernels
          .dotTile(rows, across)
          .multiply(
              steps,
              left,
              leftOffset,
              leftRowBytes,
              right.segment,
              rightOffset + column * right.columnBytes,
              right.columnBytes,
              scratch.sums,
              column * vectorBytes,
              shape.lanes() * vectorBytes);
      column += across;
    }
    for (int row = 0; row < rows && steps * shape.lanes() < depth; row++) {
      for (int column = 0; column < columns; column++) {
        addRest(
            scratch.sums,
            (row * (long) shape.lanes() + column) * vectorBytes,
            left,
            leftOffset + row * leftRowBytes,
            right.segment,
            rightOffset + column * right.columnBytes,
            steps * shape.lanes(),
            depth);
      }
    }
  }

  /** Adds the products that fill no whole vector to the first lanes of the partial sums. */
  private void addRest(
      MemorySegment sums,
      long sumOffset,
      MemorySegment left,
      long leftOffset,
      MemorySegment right,
      long rightOffset,
      int from,
      int depth) {
    for (int i = from; i < depth; i++) {
      long at = (long) i * elementBytes;
      long to = sumOffset + (long) (i - from) * elementBytes;
      if (elementBytes == Float.BYTES) {
        float product =
            Math.fma(
                left.get(FLOAT, leftOffset + at),
                right.get(FLOAT, rightOffset + at),
                sums.get(FLOAT, to));
        sums.set(FLOAT, to, product);
      } else {
        double product =
            Math.fma(
                left.get(DOUBLE, leftOffset + at),
                right.get(DOUBLE, rightOffset + at),
                sums.get(DOUBLE, to));
        sums.set(DOUBLE, to, product);
      }
    }
  }
}
