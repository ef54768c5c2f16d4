package dev.gatun.kernels.gemm;

import java.lang.foreign.MemorySegment;

/**
 * Multiplies a few rows with a few columns that both have no gaps along the depth, element by
 * element, a vector of them at a time. Subclasses are written by {@link DotTileGenerator}, one for
 * each element type, number of rows and columns, and vector width.
 */
abstract class DotTile {
  /**
   * Stores a vector of partial sums for each pair of a row and a column: lane {@code i} holds the
   * sum of every product whose index in the depth is {@code i} modulo the number of lanes.
   *
   * @param steps the number of whole vectors along the depth
   * @param left the memory of the rows
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
}
