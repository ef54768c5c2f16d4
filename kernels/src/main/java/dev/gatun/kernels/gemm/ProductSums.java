package dev.gatun.kernels.gemm;

import dev.gatun.kernels.record.Written;
import dev.gatun.memory.StridedArray;

/**
 * Matrix products of a device that also sum the rows of their left factor, which they read anyway:
 * the gradient of a bias beside that of the weights.
 */
public interface ProductSums {
  /**
   * Computes {@code out = a x b}, and the sums of {@code summed} over all axes but the last.
   *
   * @param out [rows, columns]; overlaps nothing else
   * @param sums as many elements as {@code out} has rows, one behind the other; overlaps nothing
   *     else
   * @param a [rows, depth]
   * @param b [depth, columns]
   * @param summed the elements of {@code a}, row-major with the rows of {@code a} along the last
   *     axis
   */
  void productAndSums(
      @Written StridedArray out,
      @Written StridedArray sums,
      StridedArray a,
      StridedArray b,
      StridedArray summed);
}
