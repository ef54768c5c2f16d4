package dev.gatun.kernels.gemm;

import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;

/**
 * What happens to the elements of a matrix product at last, such as an activation function.
 *
 * <p>It is applied to the result block by block, right after a block has been computed and while it
 * is still in cache. Blocks are disjoint and together cover the result; they may come in any order
 * and from several threads at once. An element must be computed from itself alone.
 */
@FunctionalInterface
public interface Epilogue {
  /**
   * Replaces every element of a block in place.
   *
   * @param dtype the type of the elements
   * @param segment the memory that holds the block
   * @param byteOffset the position of the first element, in bytes
   * @param rows the number of rows, at least 1
   * @param columns the number of elements in a row, at least 1
   * @param rowStride the distance between rows, in elements
   * @param columnStride the distance between elements of a row, in elements; 1 wherever the result
   *     has rows or columns without gaps
   */
  void apply(
      DType dtype,
      MemorySegment segment,
      long byteOffset,
      int rows,
      int columns,
      long rowStride,
      long columnStride);
}
