package dev.gatun.kernels.packed;

import java.lang.foreign.MemorySegment;

/**
 * The innermost kernel where there are few registers: a register tile on operands that were copied
 * to arrays. Subclasses are written by {@link PackedTileGenerator}.
 *
 * <p>With sixteen registers a step of the depth is twelve multiplications, too few to hide anything
 * else behind them: a processor that shares its decoders between two threads loses speed with every
 * instruction more. Positions in arrays are checked ahead of a loop, and both operands lie as they
 * are read, so that all of a pass over {@link #STEPS} steps is found from two indices.
 */
abstract class PackedTile {
  /** What the depth is a multiple of. */
  static final int STEPS = 4;

  /**
   * Returns how many elements of a row are neighbours in a block of {@link PackedForm#ROWS}.
   *
   * @param lanes the number of elements in a vector
   */
  static int neighbours(int lanes) {
    return Math.min(STEPS, lanes);
  }

  /**
   * Multiplies some rows with some columns, and stores the sums or adds them to the result.
   *
   * @param blocks the number of blocks, which have as many rows each as the tile
   * @param passes the number of products in each sum, divided by {@link #STEPS}
   * @param left the left operand, {@code float[]} or {@code double[]}, a block without gaps: all
   *     elements of its first column, then those of the second, and so on; or {@link #neighbours}
   *     of its first row, as many of the others, then the next of the first
   * @param leftIndex the index of its first block
   * @param leftRowLength the distance between blocks, divided by the number of rows of one
   * @param right the right operand, of the same type; its rows are as long as those of the tile
   * @param rightIndex the index of its first row
   * @param out the memory of the result
   * @param outOffset the position of its first row, in bytes
   * @param outRowBytes the distance between its rows, in bytes
   */
  abstract void multiply(
      int blocks,
      int passes,
      Object left,
      int leftIndex,
      int leftRowLength,
      Object right,
      int rightIndex,
      MemorySegment out,
      long outOffset,
      long outRowBytes);
}
