package dev.gatun.kernels.gemm;

import dev.gatun.kernels.record.Written;
import dev.gatun.memory.StridedArray;
import org.jspecify.annotations.Nullable;

/**
 * A product of a device with ReLU behind it that leaves a bit for each element, and the product
 * whose elements those bits let pass: the gradient of the first one's. Belongs to these two.
 */
public interface MaskedProducts {
  /**
   * Returns how many bytes hold the bits of a result.
   *
   * @param rows its rows, of all matrices together
   * @param columns its columns
   * @return in bytes
   */
  long bytesOfBits(long rows, long columns);

  /**
   * Computes {@code out = relu(a x b + bias)}.
   *
   * @param out [..., rows, columns]; overlaps nothing else
   * @param bits where the bits go, of this instance's own order
   * @param a [..., rows, depth]
   * @param b [..., depth, columns]
   * @param bias as for {@link MatmulKernels}; null for nothing
   */
  void reluAndBits(
      @Written StridedArray out,
      @Written StridedArray bits,
      StridedArray a,
      StridedArray b,
      @Nullable StridedArray bias);

  /**
   * Computes {@code out = a x b} where {@code result} is above 0, and 0 elsewhere.
   *
   * @param out [..., rows, columns], as the result of {@link #reluAndBits}; overlaps nothing else
   * @param a [..., rows, depth]
   * @param b [..., depth, columns]
   * @param bits what {@link #reluAndBits} has written
   * @param result its result
   */
  void whereBits(
      @Written StridedArray out,
      StridedArray a,
      StridedArray b,
      StridedArray bits,
      StridedArray result);
}
