package dev.gatun.kernels.gemm;

import java.lang.foreign.MemorySegment;

/**
 * The innermost kernel: a block of the product of a few rows with a few vectors of columns, held in
 * registers while the depth is walked. Subclasses are written by {@link TileGenerator}, one for
 * each number of rows and vectors and each vector width.
 *
 * <p>The block is stored row by row without gaps at the start of {@code block}.
 */
abstract class DoubleTile {
  /**
   * Multiplies rows of a packed left operand with a packed panel of the right one.
   *
   * @param depth the number of products in each sum
   * @param left the rows; consecutive elements of a row are neighbours
   * @param leftOffset the first row's position
   * @param leftStride the distance between rows
   * @param right the panel: as many elements as the block has columns, for each step of the depth
   * @param rightOffset the panel's position
   * @param block where the sums go
   */
  abstract void multiply(
      int depth,
      double[] left,
      int leftOffset,
      int leftStride,
      double[] right,
      int rightOffset,
      double[] block);

  /**
   * Multiplies rows of a packed left operand with columns of the right one where they lie.
   *
   * @param depth the number of products in each sum
   * @param left the rows; consecutive elements of a row are neighbours
   * @param leftOffset the first row's position
   * @param leftStride the distance between rows
   * @param right the memory of the right operand, whose rows have no gaps
   * @param rightOffset the position of the first row's first element, in bytes
   * @param rightRowBytes the distance between rows, in bytes
   * @param block where the sums go
   */
  abstract void multiplyInPlace(
      int depth,
      double[] left,
      int leftOffset,
      int leftStride,
      MemorySegment right,
      long rightOffset,
      long rightRowBytes,
      double[] block);
}
