package dev.gatun.kernels.gemm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Transposes square blocks, as many rows and columns as a vector has elements, in registers.
 * Subclasses are written by {@link TransposerGenerator}, one for each size of elements and each
 * vector width.
 */
abstract class Transposer {
  /**
   * Transposes a row of blocks into a column of blocks.
   *
   * @param blocks the number of blocks
   * @param selections from {@link #selections}
   * @param source the memory to read
   * @param sourceOffset the position of the first block, in bytes
   * @param sourceRowBytes the distance between rows there, in bytes
   * @param target the memory to write
   * @param targetOffset the position of the first block there, in bytes
   * @param targetRowBytes the distance between rows there, in bytes
   */
  abstract void transpose(
      int blocks,
      MemorySegment selections,
      MemorySegment source,
      long sourceOffset,
      long sourceRowBytes,
      MemorySegment target,
      long targetOffset,
      long targetRowBytes);

  /**
   * Returns which elements of two vectors make up the two that replace them, for each step. Each
   * step exchanges the blocks beside the diagonal, of 1, 2, 4 ... rows and columns, between rows
   * that are as far apart.
   *
   * @param lanes the number of elements in a vector
   * @param elementBytes the size of an element, 4 or 8
   * @return for each step two vectors of indices, where those of the second vector follow the
   *     first's
   */
  static MemorySegment selections(int lanes, int elementBytes) {
    int steps = Integer.numberOfTrailingZeros(lanes);
    var indices = Arena.ofAuto().allocate(2L * steps * lanes * elementBytes, 64);
    for (int step = 0; step < steps; step++) {
      int distance = 1 << step;
      for (int lane = 0; lane < lanes; lane++) {
        boolean even = (lane & distance) == 0;
        int first = even ? lane : lanes + lane - distance;
        int second = even ? lane + distance : lanes + lane;
        set(indices, elementBytes, 2L * step * lanes + lane, first);
        set(indices, elementBytes, (2L * step + 1) * lanes + lane, second);
      }
    }
    return indices;
  }

  private static void set(MemorySegment indices, int elementBytes, long position, int value) {
    if (elementBytes == Integer.BYTES) {
      indices.setAtIndex(ValueLayout.JAVA_INT, position, value);
    } else {
      indices.setAtIndex(ValueLayout.JAVA_LONG, position, value);
    }
  }
}
