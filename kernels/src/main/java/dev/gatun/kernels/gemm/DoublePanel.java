package dev.gatun.kernels.gemm;

import java.lang.foreign.MemorySegment;

/**
 * Moves rows of a fixed number of vectors between tensors and scratch arrays. Subclasses are
 * written by {@link PanelGenerator}, one for each number of vectors and each vector width.
 */
abstract class DoublePanel {
  /**
   * Copies rows from memory to an array.
   *
   * @param rows the number of rows
   * @param source the memory to read
   * @param sourceOffset the first row's position, in bytes
   * @param sourceRowBytes the distance between rows, in bytes
   * @param target the array to write
   * @param targetOffset the first row's position
   * @param targetStride the distance between rows
   */
  abstract void pack(
      int rows,
      MemorySegment source,
      long sourceOffset,
      long sourceRowBytes,
      double[] target,
      int targetOffset,
      int targetStride);

  /**
   * Writes {@code alpha * block} to memory.
   *
   * @param rows the number of rows
   * @param block the array to read from its start
   * @param blockStride the distance between rows of the block
   * @param alpha the factor
   * @param target the memory to write
   * @param targetOffset the first row's position, in bytes
   * @param targetRowBytes the distance between rows, in bytes
   */
  abstract void store(
      int rows,
      double[] block,
      int blockStride,
      double alpha,
      MemorySegment target,
      long targetOffset,
      long targetRowBytes);

  /**
   * Writes {@code alpha * block + beta * addend} to memory.
   *
   * @param rows the number of rows
   * @param block the array to read from its start
   * @param blockStride the distance between rows of the block
   * @param alpha the factor of the block
   * @param beta the factor of the addend
   * @param addend the memory to add, which may be the target
   * @param addendOffset the position of the addend's first row, in bytes
   * @param addendRowBytes the distance between rows of the addend, in bytes
   * @param target the memory to write
   * @param targetOffset the first row's position, in bytes
   * @param targetRowBytes the distance between rows, in bytes
   */
  abstract void accumulate(
      int rows,
      double[] block,
      int blockStride,
      double alpha,
      double beta,
      MemorySegment addend,
      long addendOffset,
      long addendRowBytes,
      MemorySegment target,
      long targetOffset,
      long targetRowBytes);
}
