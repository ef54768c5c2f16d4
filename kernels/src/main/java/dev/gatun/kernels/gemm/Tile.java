package dev.gatun.kernels.gemm;

import java.lang.foreign.MemorySegment;

/**
 * The innermost kernel: a block of the product of a few rows with a few vectors of columns, held in
 * registers while the depth is walked. Subclasses are written by {@link TileGenerator}, one for
 * each element type, number of rows and vectors, and vector width.
 *
 * <p>Operands are read where they lie, in tensors or in scratch memory: a tile that walks down rows
 * of both loses nothing by it, as long as the rows do not fall on the same cache sets.
 */
abstract class Tile {
  /**
   * Multiplies some rows with some columns and stores the sums. Rows of the right operand and of
   * the result have no gaps; the left operand may have any strides.
   *
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

  /**
   * Continues sums: as {@link #multiply}, but the sums start from what the result holds. Products
   * are added one after the other, so it does not show where a sum was interrupted.
   */
  abstract void multiplyMore(
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
