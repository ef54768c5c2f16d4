package dev.gatun.kernels;

import dev.gatun.kernels.convolution.ConvolutionKernels;
import dev.gatun.kernels.convolution.ScalarConvolution;
import dev.gatun.kernels.gemm.MatmulKernels;
import dev.gatun.kernels.gemm.NarrowLinearKernels;
import dev.gatun.kernels.gemm.ScalarMatmul;
import dev.gatun.kernels.gemm.ScalarNarrowLinear;
import dev.gatun.kernels.index.IndexKernels;
import dev.gatun.kernels.index.StridedIndexing;
import dev.gatun.kernels.order.LineOrdering;
import dev.gatun.kernels.order.OrderKernels;
import dev.gatun.kernels.pointwise.PointwiseKernel;
import dev.gatun.kernels.pointwise.PointwiseProgram;
import dev.gatun.kernels.pointwise.ScalarPointwiseKernel;
import dev.gatun.kernels.pooling.PoolingKernels;
import dev.gatun.kernels.pooling.ScalarPooling;
import dev.gatun.kernels.random.CounterRandom;
import dev.gatun.kernels.random.RandomKernels;
import dev.gatun.kernels.reduce.ReductionKernels;
import dev.gatun.kernels.reduce.Reductions;

/**
 * Kernels in plain Java: the oracle that others are tested against, and what runs where the Vector
 * API is missing. Loads no class of {@code jdk.incubator.vector}.
 */
public final class ScalarProvider implements KernelProvider {
  private static final ScalarProvider INSTANCE = new ScalarProvider();

  private final RandomKernels random = CounterRandom.scalar();
  private final ReductionKernels reductions = Reductions.scalar();

  private ScalarProvider() {}

  /**
   * Returns the provider.
   *
   * @return the only instance
   */
  public static ScalarProvider instance() {
    return INSTANCE;
  }

  @Override
  public String name() {
    return "scalar";
  }

  @Override
  public PointwiseKernel pointwise(PointwiseProgram program) {
    return new ScalarPointwiseKernel(program);
  }

  @Override
  public ReductionKernels reductions() {
    return reductions;
  }

  @Override
  public MatmulKernels matmul() {
    return ScalarMatmul.instance();
  }

  @Override
  public ConvolutionKernels convolutions() {
    return ScalarConvolution.instance();
  }

  @Override
  public PoolingKernels pooling() {
    return ScalarPooling.instance();
  }

  @Override
  public NarrowLinearKernels narrowLinear() {
    return ScalarNarrowLinear.instance();
  }

  @Override
  public IndexKernels indexing() {
    return StridedIndexing.instance();
  }

  @Override
  public OrderKernels ordering() {
    return LineOrdering.instance();
  }

  @Override
  public RandomKernels random() {
    return random;
  }

  @Override
  public String toString() {
    return name();
  }
}
