package dev.gatun.kernels.cuda;

import dev.gatun.kernels.KernelProvider;
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
import org.jspecify.annotations.Nullable;

/** All families of kernels in CUDA C, run by one launcher. */
abstract class CudaFamilies implements KernelProvider {
  private final Launcher launcher;
  private final ReductionKernels reductions;
  private final MatmulKernels matmul;
  private final ConvolutionKernels convolutions;
  private final PoolingKernels pooling;
  private final NarrowLinearKernels narrowLinear;
  private final IndexKernels indexing;
  private final OrderKernels ordering;
  private final RandomKernels random;

  /**
   * Makes the kernels; none is compiled before it is run.
   *
   * @param launcher runs them
   * @param library products that are a library's; null for none
   */
  CudaFamilies(Launcher launcher, @Nullable LibraryProducts library) {
    this.launcher = launcher;
    reductions = new CudaReductionKernels(launcher);
    matmul = new CudaMatmulKernels(launcher, library);
    convolutions = new CudaConvolutionKernels(launcher, matmul);
    pooling = new CudaPoolingKernels(launcher);
    narrowLinear = new CudaNarrowLinearKernels(launcher);
    indexing = new CudaIndexKernels(launcher);
    ordering = new CudaOrderKernels(launcher);
    random = new CudaRandomKernels(launcher);
  }

  @Override
  public PointwiseKernel pointwise(PointwiseProgram program) {
    return new CudaPointwiseKernel(launcher, program);
  }

  @Override
  public ReductionKernels reductions() {
    return reductions;
  }

  @Override
  public MatmulKernels matmul() {
    return matmul;
  }

  @Override
  public ConvolutionKernels convolutions() {
    return convolutions;
  }

  @Override
  public PoolingKernels pooling() {
    return pooling;
  }

  @Override
  public NarrowLinearKernels narrowLinear() {
    return narrowLinear;
  }

  @Override
  public IndexKernels indexing() {
    return indexing;
  }

  @Override
  public OrderKernels ordering() {
    return ordering;
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
