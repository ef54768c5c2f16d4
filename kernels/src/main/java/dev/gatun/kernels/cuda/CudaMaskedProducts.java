package dev.gatun.kernels.cuda;

import dev.gatun.kernels.gemm.MaskedProducts;
import dev.gatun.kernels.gemm.MatmulKernels;
import dev.gatun.kernels.pointwise.PointwiseKernel;
import dev.gatun.memory.StridedArray;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * ReLU with bits by cublasLt, which alone knows their order; where it does not take one of the two
 * products, kernels of our own follow that, and go by the elements.
 */
final class CudaMaskedProducts implements MaskedProducts {
  private final LibraryProducts library;
  private final MatmulKernels products;
  private final PointwiseKernel relu;
  private final PointwiseKernel gradient;
  private final int product;

  /** By where bits are, whether they are what the last product there has left. */
  private final ConcurrentHashMap<Long, Boolean> written = new ConcurrentHashMap<>();

  /**
   * Makes a pair.
   *
   * @param gradient what follows the second product
   * @param product which of its inputs that is
   */
  CudaMaskedProducts(
      LibraryProducts library,
      MatmulKernels products,
      PointwiseKernel relu,
      PointwiseKernel gradient,
      int product) {
    this.library = library;
    this.products = products;
    this.relu = relu;
    this.gradient = gradient;
    this.product = product;
  }

  @Override
  public long bytesOfBits(long rows, long columns) {
    return rows * LibraryProducts.bitsOfRow(columns) / Byte.SIZE;
  }

  @Override
  public void reluAndBits(
      StridedArray out,
      StridedArray bits,
      StridedArray a,
      StridedArray b,
      @Nullable StridedArray bias) {
    boolean kept = library.takeKeepingBits(out, bits, a, b, bias);
    if (!kept) {
      products.matmul(out, a, b, 1, 0, null, bias);
      relu.run(out, out, 0, 0);
    }
    written.put(KernelArguments.start(bits), kept);
  }

  @Override
  public void whereBits(
      StridedArray out, StridedArray a, StridedArray b, StridedArray bits, StridedArray result) {
    if (written.getOrDefault(KernelArguments.start(bits), false)
        && library.takeWhereBits(out, a, b, bits)) {
      return;
    }
    products.matmul(out, a, b, 1, 0, null, null);
    if (product == 0) {
      gradient.run(out, out, result, 0, 0);
    } else {
      gradient.run(out, result, out, 0, 0);
    }
  }
}
