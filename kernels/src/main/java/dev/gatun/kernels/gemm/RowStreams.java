package dev.gatun.kernels.gemm;

/**
 * Products of a few rows with a right operand whose rows have no gaps: vector times matrix. The
 * right operand is read once, a few of its rows at a time from end to end.
 */
final class RowStreams {
  private static final int MOST_ROWS = 4;
  private static final int DEPTH_OF_ONE_ROW = 8;
  private static final int DEPTH = 4;

  /** The bytes of a row that are computed at a time, so that the sums stay in the first cache. */
  private static final int ROW_BYTES = 8 << 10;

  /** As much of a single row, since long pieces of memory come faster than short ones. */
  private static final int SINGLE_ROW_BYTES = 32 << 10;

  private final int elementBytes;
  private final TileShape shape;
  private final BlockKernels kernels;
  private final Results results;

  RowStreams(int elementBytes, TileShape shape, BlockKernels kernels, Results results) {
    this.elementBytes = elementBytes;
    this.shape = shape;
    this.kernels = kernels;
    this.results = results;
  }

  /** Computes a part whose columns, a whole number of vectors, lie without gaps in the result. */
  void multiply(Scratch scratch, MatmulTask task, long columns) {
    var part = scratch.part;
    int rows = (int) part.rows;
    int bytes = rows == 1 ? SINGLE_ROW_BYTES : ROW_BYTES;
    int block = bytes / elementBytes / shape.lanes() * shape.lanes();
    for (long column = 0; column < columns; column += block) {
      int width = (int) Math.min(block, columns - column);
      multiplyColumns(task, part, rows, column, width / shape.lanes());
      long out = part.outOffset + column * elementBytes;
      long bias = part.biasOffset + column * task.bias.columnBytes;
      results.complete(task, rows, width, out, bias);
      task.applyEpilogue(part, 0, column, rows, width);
    }
  }

  private void multiplyColumns(MatmulTask task, Part part, int rows, long column, int vectors) {
    var left = task.left;
    var right = task.right;
    var out = task.out;
    int depth = (int) task.depth;
    int most = rows == 1 ? DEPTH_OF_ONE_ROW : DEPTH;
    for (int step = 0; step < depth; ) {
      int steps = depthWithin(depth - step, most);
      for (int row = 0; row < rows; ) {
        int height = rows - row >= MOST_ROWS ? MOST_ROWS : rows - row >= 2 ? 2 : 1;
        var tile = kernels.streamTile(height, steps);
        long leftOffset = part.leftOffset + row * left.rowBytes + step * left.columnBytes;
        long rightOffset = part.rightOffset + step * right.rowBytes + column * (long) elementBytes;
        long outOffset = part.outOffset + row * out.rowBytes + column * (long) elementBytes;
        if (step == 0) {
          tile.multiply(
              vectors,
              left.segment,
              leftOffset,
              left.rowBytes,
              left.columnBytes,
              right.segment,
              rightOffset,
              right.rowBytes,
              out.segment,
              outOffset,
              out.rowBytes);
        } else {
          tile.multiplyMore(
              vectors,
              left.segment,
              leftOffset,
              left.rowBytes,
              left.columnBytes,
              right.segment,
              rightOffset,
              right.rowBytes,
              out.segment,
              outOffset,
              out.rowBytes);
        }
        row += height;
      }
      step += steps;
    }
  }

  private static int depthWithin(int remaining, int most) {
    return remaining >= most ? most : remaining >= 2 ? 2 : 1;
  }
}
