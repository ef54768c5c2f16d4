package dev.gatun.kernels.gemm;

import java.lang.foreign.MemorySegment;

/**
 * Multiplies a few rows of floats with a few columns of narrow weights, both without gaps along the
 * depth. Subclasses are written by {@link NarrowDotTileGenerator}, one for each type of weights,
 * number of rows and columns, and vector width.
 *
 * <p>A step takes one vector of weights of each column: as many as a vector of floats has lanes,
 * times 2 or 4, the number of weights in four bytes. The floats that belong to it are arranged
 * beforehand: first those of the first weight in each four bytes, then those of the second.
 */
abstract class NarrowDotTile {
  /**
   * Stores a vector of partial sums for each pair of a row and a column.
   *
   * @param steps the number of steps along the depth
   * @param left the memory of the arranged rows
   * @param leftOffset the position of the first row, in bytes
   * @param leftRowBytes the distance between rows, in bytes
   * @param right the memory of the columns
   * @param rightOffset the position of the first column, in bytes
   * @param rightColumnBytes the distance between columns, in bytes
   * @param sums the memory that gets the vectors; those of a row follow each other without gaps
   * @param sumsOffset the position of the first vector, in bytes
   * @param sumsRowBytes the distance between rows of vectors, in bytes
   */
  abstract void multiply(
      int steps,
      MemorySegment left,
      long leftOffset,
      long leftRowBytes,
      MemorySegment right,
      long rightOffset,
      long rightColumnBytes,
      MemorySegment sums,
      long sumsOffset,
      long sumsRowBytes);

  /**
   * Adds one more step to the sums, in which only some weights count. Parameters are those of
   * {@link #multiply}, but for the mask.
   *
   * @param mask a vector of bits to which weights are cut
   */
  abstract void multiplyMasked(
      MemorySegment mask,
      MemorySegment left,
      long leftOffset,
      long leftRowBytes,
      MemorySegment right,
      long rightOffset,
      long rightColumnBytes,
      MemorySegment sums,
      long sumsOffset,
      long sumsRowBytes);
}
