package dev.gatun.kernels.gemm;

/**
 * What happens to the elements of a matrix product at last, such as an activation function or the
 * step of an optimizer.
 *
 * <p>It is told which rectangle of the result has just been computed, and is still in cache.
 * Rectangles are disjoint and together cover the result; they may come in any order and from
 * several threads at once. An epilogue may read the rectangle, replace it, and write the same
 * rectangle of other arrays; what it computes for an element must not depend on elements outside
 * the rectangle that the product or this epilogue write.
 *
 * @see PointwiseEpilogue
 */
@FunctionalInterface
public interface Epilogue {
  /**
   * Completes a rectangle of one matrix of the result.
   *
   * @param matrix which matrix, counted row-major over the leading axes of the result; 0 where
   *     there are none
   * @param row the first row of the rectangle
   * @param column the first column of the rectangle
   * @param rows the number of rows, at least 1
   * @param columns the number of columns, at least 1
   */
  void apply(long matrix, long row, long column, long rows, long columns);
}
