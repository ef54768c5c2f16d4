package dev.gatun.kernels;

import dev.gatun.kernels.convolution.ConvolutionKernels;
import dev.gatun.kernels.gemm.MatmulKernels;
import dev.gatun.kernels.gemm.NarrowLinearKernels;
import dev.gatun.kernels.index.IndexKernels;
import dev.gatun.kernels.order.OrderKernels;
import dev.gatun.kernels.pooling.PoolingKernels;
import dev.gatun.kernels.random.RandomKernels;
import dev.gatun.kernels.reduce.ReductionKernels;

/** A provider that has made its families of kernels; elementwise kernels are left to each. */
public abstract class KernelFamilies implements KernelProvider {
  private final ReductionKernels reductions;
  private final MatmulKernels matmul;
  private final ConvolutionKernels convolutions;
  private final PoolingKernels pooling;
  private final NarrowLinearKernels narrowLinear;
  private final IndexKernels indexing;
  private final OrderKernels ordering;
  private final RandomKernels random;

  /**
   * Takes the families.
   *
   * @param reductions what {@link #reductions} returns
   * @param matmul what {@link #matmul} returns
   * @param convolutions what {@link #convolutions} returns
   * @param pooling what {@link #pooling} returns
   * @param narrowLinear what {@link #narrowLinear} returns
   * @param indexing what {@link #indexing} returns
   * @param ordering what {@link #ordering} returns
   * @param random what {@link #random} returns
   */
  protected KernelFamilies(
      ReductionKernels reductions,
      MatmulKernels matmul,
      ConvolutionKernels convolutions,
      PoolingKernels pooling,
      NarrowLinearKernels narrowLinear,
      IndexKernels indexing,
      OrderKernels ordering,
      RandomKernels random) {
    this.reductions = reductions;
    this.matmul = matmul;
    this.convolutions = convolutions;
    this.pooling = pooling;
    this.narrowLinear = narrowLinear;
    this.indexing = indexing;
    this.ordering = ordering;
    this.random = random;
  }

  @Override
  public final ReductionKernels reductions() {
    return reductions;
  }

  @Override
  public final MatmulKernels matmul() {
    return matmul;
  }

  @Override
  public final ConvolutionKernels convolutions() {
    return convolutions;
  }

  @Override
  public final PoolingKernels pooling() {
    return pooling;
  }

  @Override
  public final NarrowLinearKernels narrowLinear() {
    return narrowLinear;
  }

  @Override
  public final IndexKernels indexing() {
    return indexing;
  }

  @Override
  public final OrderKernels ordering() {
    return ordering;
  }

  @Override
  public final RandomKernels random() {
    return random;
  }

  @Override
  public final String toString() {
    return name();
  }
}
