package dev.gatun.kernels.pooling;

import java.lang.foreign.MemorySegment;

/**
 * Combines elements of rows of float32, by maximum or by sum: one copy of {@link Float32WindowRows}
 * for each. Positions and distances are in bytes.
 */
abstract class WindowRows {
  /**
   * Combines rows element by element.
   *
   * @param count the number of elements in a row, at least 1
   * @param rows the number of rows, at least 1
   * @param source the memory of the rows
   * @param from the position of the first row
   * @param rowBytes the distance between rows
   * @param target where the combined row goes
   * @param to its position
   */
  abstract void down(
      int count,
      int rows,
      MemorySegment source,
      long from,
      long rowBytes,
      MemorySegment target,
      long to);

  /**
   * Combines elements of windows along a row.
   *
   * @param count the number of windows, at least 1
   * @param taps the number of elements of a window, at least 1
   * @param dilation the distance between elements of a window, in elements
   * @param stride the distance between windows, in elements
   * @param source the memory of the row, readable for two vectors beyond its end
   * @param from the position of the first window
   * @param target where the results go
   * @param to the position of the first
   */
  abstract void along(
      int count,
      int taps,
      int dilation,
      int stride,
      MemorySegment source,
      long from,
      MemorySegment target,
      long to);

  /**
   * Divides a row by another, element by element.
   *
   * @param count the number of elements, at least 1
   * @param row the memory of the row, which is overwritten
   * @param at the position of the row
   * @param divisors the memory of what to divide by
   * @param factor what else to divide by
   */
  abstract void divide(int count, MemorySegment row, long at, MemorySegment divisors, float factor);
}
