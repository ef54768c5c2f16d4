package dev.gatun.kernels.convolution;

import java.lang.foreign.MemorySegment;

/**
 * The innermost kernel: sums of products for a few rows and a few vectors of columns, held in
 * registers while the depth is walked. Subclasses are written by {@link DepthTileGenerator}, one
 * for each element type, number of rows and vectors, and vector width.
 *
 * <p>A tile may keep two sums for each result, one of even steps and one of odd ones, and add them
 * in the end: sums half as long have smaller errors. Then the depth is even.
 *
 * <p>At each step of the depth one element of every row of the left operand meets one row of the
 * right operand. The left operand's elements lie next to each other along the depth; the right
 * operand's rows lie wherever a table says.
 */
abstract class DepthTile {
  /**
   * Multiplies and stores the sums.
   *
   * @param depth the number of products in each sum
   * @param left the memory of the left operand
   * @param leftOffset the position of its first row, in bytes
   * @param leftRowBytes the distance between its rows, in bytes
   * @param right the memory of the right operand
   * @param rightOffset what is added to the positions in the table, in bytes
   * @param table the positions of the right operand's rows in bytes, one for each step
   * @param out the memory of the sums, which is not read
   * @param outOffset the position of the first row of sums, in bytes
   * @param outRowBytes the distance between rows of sums, in bytes
   */
  abstract void multiply(
      int depth,
      MemorySegment left,
      long leftOffset,
      long leftRowBytes,
      MemorySegment right,
      long rightOffset,
      long[] table,
      MemorySegment out,
      long outOffset,
      long outRowBytes);
}
