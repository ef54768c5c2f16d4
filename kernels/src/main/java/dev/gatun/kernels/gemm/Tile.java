package dev.gatun.kernels.gemm;

import java.lang.foreign.MemorySegment;

/**
 * The innermost kernel: blocks of the product of a few rows with a few vectors of columns, one
 * below the other, each held in registers while the depth is walked. Subclasses are written by
 * {@link TileGenerator}, one for each element type, number of rows and vectors, and vector width.
 *
 * <p>Operands are read where they lie, in tensors or in scratch memory: a tile that walks down rows
 * of both loses nothing by it, as long as the rows do not fall on the same cache sets.
 */
abstract class Tile {
  /**
   * Multiplies some rows with some columns and stores the sums. One call for many blocks takes less
   * time than a call for each, since the first products of a block overlap with the last ones of
   * the block before. Rows of the right operand and of the result have no gaps; the left operand
   * may have any strides.
   *
   * @param blocks the number of blocks, which have as many rows each as the tile
   * @param depth the number of products in each sum
   * @param left the memory of the left operand
   * @param leftOffset the position of its first row, in bytes
   * @param leftRowBytes the distance between its rows, in bytes
   * @param leftColumnBytes the distance between neighbours in its rows, in bytes
   * @param right the memory of the right operand
   * @param rightOffset the position of its first row, in bytes
   * @param rightRowBytes the distance between its rows, in bytes
   * @param out the memory of the result, which is not read
   * @param outOffset the position of its first row, in bytes
   * @param outRowBytes the distance between its rows, in bytes
   */
  abstract void multiply(
      int blocks,
      int depth,
      MemorySegment left,
      long leftOffset,
      long leftRowBytes,
      long leftColumnBytes,
      MemorySegment right,
      long rightOffset,
      long rightRowBytes,
      MemorySegment out,
      long outOffset,
      long outRowBytes);
}
