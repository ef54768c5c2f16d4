package dev.gatun.kernels;

import dev.gatun.kernels.convolution.ScalarConvolution;
import dev.gatun.kernels.gemm.ScalarMatmul;
import dev.gatun.kernels.gemm.ScalarNarrowLinear;
import dev.gatun.kernels.index.StridedIndexing;
import dev.gatun.kernels.order.LineOrdering;
import dev.gatun.kernels.pointwise.PointwiseKernel;
import dev.gatun.kernels.pointwise.PointwiseProgram;
import dev.gatun.kernels.pointwise.ScalarPointwiseKernel;
import dev.gatun.kernels.pooling.ScalarPooling;
import dev.gatun.kernels.random.CounterRandom;
import dev.gatun.kernels.reduce.Reductions;

/**
 * Kernels in plain Java: the oracle that others are tested against, and what runs where the Vector
 * API is missing. Loads no class of {@code jdk.incubator.vector}.
 */
public final class ScalarProvider extends KernelFamilies {
  private static final ScalarProvider INSTANCE = new ScalarProvider();

  private ScalarProvider() {
    super(
        Reductions.scalar(),
        ScalarMatmul.instance(),
        ScalarConvolution.instance(),
        ScalarPooling.instance(),
        ScalarNarrowLinear.instance(),
        StridedIndexing.instance(),
        LineOrdering.instance(),
        CounterRandom.scalar());
  }

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
}
