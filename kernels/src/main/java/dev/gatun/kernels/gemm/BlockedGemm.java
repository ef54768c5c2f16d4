package dev.gatun.kernels.gemm;

/**
 * The loops around the register tile, for one element type and one vector width.
 *
 * @param <S> the scratch arrays of one thread
 */
abstract class BlockedGemm<S> {
  /** Up to this many rows, copying the right operand into panels costs more than it gains. */
  private static final int MOST_ROWS_IN_PLACE = 12;

  final TileShape shape;
  private final int elementBytes;
  private final ScratchPool<S> scratchPool;

  BlockedGemm(TileShape shape, int elementBytes, ScratchPool<S> scratchPool) {
    this.shape = shape;
    this.elementBytes = elementBytes;
    this.scratchPool = scratchPool;
  }

  /** Returns what packing one element costs, in multiplications of a full tile. */
  final double packingCost() {
    return 8.0 * shape.lanes();
  }

  /** Tells whether the transposed product suits the kernels better. */
  final boolean prefersTransposed(MatmulTask task) {
    boolean unitColumns = task.columns == 1 || task.out.columnBytes == elementBytes;
    if (!unitColumns) {
      return task.out.rowBytes == elementBytes;
    }
    return task.columns < task.rows && task.columns <= 4;
  }

  /** Computes a part of one matrix; offsets are those of the part, in bytes. */
  final void multiply(
      MatmulTask task,
      long rows,
      long columns,
      long outOffset,
      long leftOffset,
      long rightOffset,
      long biasOffset) {
    S scratch = scratchPool.take();
    boolean inPlace =
        task.rows <= MOST_ROWS_IN_PLACE
            && task.right.columnBytes == elementBytes
            && task.columns >= shape.lanes();
    int depthBlock = TileShape.evenBlock(task.depth, shape.depthBlock());
    int rowBlock = TileShape.evenBlock(rows, shape.rowBlock());
    rowBlock = (rowBlock + shape.rows() - 1) / shape.rows() * shape.rows();
    for (long column = 0; column < columns; column += shape.columnBlock()) {
      int width = (int) Math.min(shape.columnBlock(), columns - column);
      long step = 0;
      do {
        int depth = (int) Math.min(depthBlock, task.depth - step);
        long right = rightOffset + step * task.right.rowBytes + column * task.right.columnBytes;
        if (!inPlace) {
          packRight(scratch, task.right, right, depth, width);
        }
        for (long row = 0; row < rows; row += rowBlock) {
          int height = (int) Math.min(rowBlock, rows - row);
          int leftStride =
              packLeft(
                  scratch,
                  task.left,
                  leftOffset + row * task.left.rowBytes + step * task.left.columnBytes,
                  height,
                  depth);
          multiplyBlock(
              scratch,
              task,
              height,
              width,
              depth,
              leftStride,
              inPlace,
              right,
              outOffset + row * task.out.rowBytes + column * task.out.columnBytes,
              biasOffset + row * task.bias.rowBytes + column * task.bias.columnBytes,
              step == 0,
              step + depth >= task.depth);
        }
        step += depth;
      } while (step < task.depth);
    }
    scratchPool.giveBack(scratch);
  }

  /**
   * Copies a block of the left operand, so that consecutive elements of a row are neighbours.
   *
   * @return the distance between rows in the copy
   */
  abstract int packLeft(S scratch, MatrixOperand left, long offset, int rows, int depth);

  /**
   * Copies a block of the right operand into panels as wide as a tile; the last may be narrower.
   */
  abstract void packRight(S scratch, MatrixOperand right, long offset, int depth, int columns);

  /** Runs the tiles until they are compiled. */
  abstract void warmUp();

  /**
   * Multiplies packed blocks and adds the result to its place.
   *
   * @param scratch the packed operands
   * @param task the call
   * @param rows the number of rows of the block
   * @param columns the number of columns of the block
   * @param depth the number of products in each sum
   * @param leftStride the distance between rows of the packed left operand
   * @param inPlace whether the right operand is read where it lies, not from panels
   * @param rightOffset where it lies, in bytes
   * @param outOffset the position of the result's block, in bytes
   * @param biasOffset the position of the bias of the block, in bytes
   * @param first whether these are the first products of the sums
   * @param last whether these are the last products of the sums
   */
  abstract void multiplyBlock(
      S scratch,
      MatmulTask task,
      int rows,
      int columns,
      int depth,
      int leftStride,
      boolean inPlace,
      long rightOffset,
      long outOffset,
      long biasOffset,
      boolean first,
      boolean last);
}
