package dev.gatun.kernels.cuda;

import dev.gatun.kernels.KernelFamilies;
import dev.gatun.kernels.pointwise.PointwiseKernel;
import dev.gatun.kernels.pointwise.PointwiseProgram;
import org.jspecify.annotations.Nullable;

/** All families of kernels in CUDA C, run by one launcher. */
abstract class CudaFamilies extends KernelFamilies {
  private final Launcher launcher;

  /**
   * Makes the kernels; none is compiled before it is run.
   *
   * @param launcher runs them
   * @param products those that are a library's; null for none
   * @param convolutions those that are a library's; null for none
   */
  CudaFamilies(
      Launcher launcher,
      @Nullable LibraryProducts products,
      @Nullable LibraryConvolutions convolutions) {
    this(launcher, new CudaMatmulKernels(launcher, products), convolutions);
  }

  private CudaFamilies(
      Launcher launcher, CudaMatmulKernels matmul, @Nullable LibraryConvolutions convolutions) {
    super(
        new CudaReductionKernels(launcher),
        matmul,
        new CudaConvolutionKernels(launcher, matmul, convolutions),
        new CudaPoolingKernels(launcher),
        new CudaNarrowLinearKernels(launcher),
        new CudaIndexKernels(launcher),
        new CudaOrderKernels(launcher),
        new CudaRandomKernels(launcher));
    this.launcher = launcher;
  }

  @Override
  public PointwiseKernel pointwise(PointwiseProgram program) {
    return new CudaPointwiseKernel(launcher, program);
  }
}
