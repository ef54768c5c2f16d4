package dev.gatun.kernels.gemm;

import java.lang.foreign.MemorySegment;

/**
 * Adds multiples of a few rows of the right operand to a few rows of the result, walking along the
 * rows: what reads a large right operand at the speed of memory, when there are too few rows on the
 * left to use it more than once. Subclasses are written by {@link StreamTileGenerator}, one for
 * each element type, number of rows on both sides, and vector width.
 */
abstract class StreamTile {
  /**
   * Multiplies and stores. Rows of the right operand and of the result have no gaps; the left
   * operand may have any strides.
   *
   * @param vectors the number of vectors in a row
   * @param left the memory of the left operand
   * @param leftOffset the position of its first element, in bytes
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
      int vectors,
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
      int vectors,
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
