package dev.gatun.kernels;

import dev.gatun.kernels.convolution.ConvolutionKernels;
import dev.gatun.kernels.gemm.MatmulKernels;
import dev.gatun.kernels.gemm.NarrowLinearKernels;
import dev.gatun.kernels.index.IndexKernels;
import dev.gatun.kernels.order.OrderKernels;
import dev.gatun.kernels.pointwise.PointwiseKernel;
import dev.gatun.kernels.pointwise.PointwiseProgram;
import dev.gatun.kernels.pooling.PoolingKernels;
import dev.gatun.kernels.random.RandomKernels;
import dev.gatun.kernels.reduce.ReductionKernels;

/**
 * One way of computing: everything that differs between plain Java, SIMD code and a {@linkplain
 * DeviceProvider device}.
 *
 * <p>Operands have been checked by the caller: shapes fit, element types are those that a kernel
 * documents, outputs do not overlap inputs unless a kernel allows it. Kernels do not retain their
 * operands. Those that copy, index, order, fold and multiply matrices keep them reachable until
 * they return, so that a handle outside every scope may be passed on the way; for the others the
 * caller does that. All methods may be called from any thread.
 *
 * @see Kernels#provider()
 */
public interface KernelProvider {
  /**
   * Returns the name by which this provider is called in messages and reports, for example {@code
   * scalar} or {@code vector-512}.
   *
   * @return the name
   */
  String name();

  /**
   * Returns a kernel for an elementwise program. Callers keep it: each call makes a new one.
   *
   * @param program the formulas and their element types
   * @return the kernel, to be used from any thread
   */
  PointwiseKernel pointwise(PointwiseProgram program);

  /**
   * Returns the kernels that fold, normalise or scan along axes.
   *
   * @return the same instance at every call
   */
  ReductionKernels reductions();

  /**
   * Returns the kernels of matrix products.
   *
   * @return the kernels, the same at every call
   */
  MatmulKernels matmul();

  /**
   * Returns the kernels of convolutions.
   *
   * @return the same instance at every call
   */
  ConvolutionKernels convolutions();

  /**
   * Returns the kernels that take the largest or the mean of windows of images.
   *
   * @return the same instance at every call
   */
  PoolingKernels pooling();

  /**
   * Returns the kernels of layers with narrow weights.
   *
   * @return the kernels, the same at every call
   */
  NarrowLinearKernels narrowLinear();

  /**
   * Returns the kernels that move elements.
   *
   * @return the same instance at every call
   */
  IndexKernels indexing();

  /**
   * Returns the kernels that put elements in order.
   *
   * @return the same instance at every call
   */
  OrderKernels ordering();

  /**
   * Returns the kernels that make random numbers.
   *
   * @return the same instance at every call
   */
  RandomKernels random();
}
