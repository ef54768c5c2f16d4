package dev.gatun.kernels.gemm;

import java.lang.foreign.MemorySegment;

/**
 * The innermost kernel where there are few registers: as {@link Tile}, on operands that were copied
 * to arrays. Subclasses are written by {@link PackedTileGenerator}.
 *
 * <p>With sixteen registers a step of the depth is twelve multiplications, too few to hide the
 * checks of positions in segments behind them; a processor that shares its decoders between two
 * threads loses half its speed to them. Positions in arrays are checked ahead of a loop, by few
 * instructions.
 */
abstract class PackedTile {
  /**
   * Multiplies some rows with some columns and stores the sums.
   *
   * @param blocks the number of blocks, which have as many rows each as the tile
   * @param depth the number of products in each sum
   * @param left the left operand, its rows without gaps: {@code float[]} or {@code double[]}
   * @param leftIndex the index of its first row
   * @param leftRowLength the distance between its rows
   * @param right the right operand, of the same type; its rows are as long as those of the tile
   * @param rightIndex the index of its first row
   * @param out the memory of the result, which is not read
   * @param outOffset the position of its first row, in bytes
   * @param outRowBytes the distance between its rows, in bytes
   */
  abstract void multiply(
      int blocks,
      int depth,
      Object left,
      int leftIndex,
      int leftRowLength,
      Object right,
      int rightIndex,
      MemorySegment out,
      long outOffset,
      long outRowBytes);
}
