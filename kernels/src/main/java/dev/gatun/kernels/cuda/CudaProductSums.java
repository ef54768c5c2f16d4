package dev.gatun.kernels.cuda;

import dev.gatun.kernels.gemm.MatmulKernels;
import dev.gatun.kernels.gemm.ProductSums;
import dev.gatun.kernels.reduce.Reduction;
import dev.gatun.kernels.reduce.ReductionKernels;
import dev.gatun.memory.StridedArray;

/** Products with sums on the way by cublasLt, one behind the other where it does not take both. */
final class CudaProductSums implements ProductSums {
  private final LibraryProducts library;
  private final MatmulKernels products;
  private final ReductionKernels reductions;

  CudaProductSums(LibraryProducts library, MatmulKernels products, ReductionKernels reductions) {
    this.library = library;
    this.products = products;
    this.reductions = reductions;
  }

  @Override
  public void productAndSums(
      StridedArray out, StridedArray sums, StridedArray a, StridedArray b, StridedArray summed) {
    if (!library.takeWithSums(out, sums, a, b)) {
      products.matmul(out, a, b, 1, 0, null, null);
      reductions.reduce(Reduction.SUM, sums, summed);
    }
  }
}
