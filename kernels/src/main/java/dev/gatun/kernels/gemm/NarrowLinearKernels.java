package dev.gatun.kernels.gemm;

import dev.gatun.kernels.record.Written;
import dev.gatun.memory.StridedArray;
import org.jspecify.annotations.Nullable;

/**
 * Layers whose weights are stored in fewer bits than they are computed with, for inference: with
 * few rows a layer takes as long as reading its weights, so that half the bytes are half the time.
 *
 * <p>Instances are immutable and may be used by any number of threads at once.
 */
public interface NarrowLinearKernels {
  /**
   * Computes {@code out = (x * weight^T) * scales + bias}.
   *
   * <p>{@code x} is {@code [..., inputs]} and {@code out} is {@code [..., outputs]}, with the same
   * leading axes, of rank 1 or more; both are {@code FLOAT32}, or both {@code FLOAT64}. {@code
   * weight} is {@code [outputs, inputs]}, either {@code BFLOAT16} or {@code INT8}. {@code scales}
   * and {@code bias} are of the type of {@code x} and of shape {@code [outputs]}: one factor and
   * one summand for each output. Operands may have any strides; {@code out} must not overlap itself
   * or another operand.
   *
   * <p>Weights are widened exactly and sums are kept in the type of {@code x} or better, in an
   * order that depends on shapes and strides alone. In the steady state nothing is allocated.
   *
   * @param out where the result goes
   * @param x the inputs
   * @param weight the weights, by output
   * @param scales the factor of each output; null for 1
   * @param bias the summand of each output; null for 0
   */
  void linear(
      @Written StridedArray out,
      StridedArray x,
      StridedArray weight,
      @Nullable StridedArray scales,
      @Nullable StridedArray bias);
}
