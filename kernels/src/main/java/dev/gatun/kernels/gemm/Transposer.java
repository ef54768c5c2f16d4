package dev.gatun.kernels.gemm;

import java.lang.foreign.MemorySegment;

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
   * @param source the memory to read
   * @param sourceOffset the position of the first block, in bytes
   * @param sourceRowBytes the distance between rows there, in bytes
   * @param target the memory to write
   * @param targetOffset the position of the first block there, in bytes
   * @param targetRowBytes the distance between rows there, in bytes
   */
  abstract void transpose(
      int blocks,
      MemorySegment source,
      long sourceOffset,
      long sourceRowBytes,
      MemorySegment target,
      long targetOffset,
      long targetRowBytes);
}
