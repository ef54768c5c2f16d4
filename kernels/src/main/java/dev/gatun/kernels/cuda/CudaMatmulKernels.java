package dev.gatun.kernels.cuda;

import dev.gatun.kernels.gemm.Epilogue;
import dev.gatun.kernels.gemm.MatmulKernels;
import dev.gatun.kernels.gemm.PointwiseEpilogue;
import dev.gatun.memory.StridedArray;
import org.jspecify.annotations.Nullable;

/**
 * Matrix products on a device: by cublasLt where it takes them, and by kernels of our own where it
 * does not, or is not there. Activations follow in kernels of their own, but for those that a plan
 * has given to the product, where that is allowed, and that cublasLt computes with it.
 */
final class CudaMatmulKernels implements MatmulKernels {
  private final TiledProduct tiles;
  private final @Nullable LibraryProducts library;

  /**
   * Makes kernels.
   *
   * @param library cublasLt; null for none
   */
  CudaMatmulKernels(Launcher launcher, @Nullable LibraryProducts library) {
    tiles = new TiledProduct(launcher);
    this.library = library;
  }

  @Override
  public void matmul(
      StridedArray out,
      StridedArray a,
      StridedArray b,
      double alpha,
      double beta,
      @Nullable Epilogue epilogue,
      @Nullable StridedArray bias) {
    if (epilogue instanceof PointwiseEpilogue pointwise
        && library != null
        && library.takeFused(out, a, b, alpha, beta, pointwise, bias)) {
      return;
    }
    boolean done = library != null && library.take(out, a, b, alpha, beta, bias);
    if (!done) {
      tiles.run(out, out.layout(), a, a.layout(), b, b.layout(), alpha, beta, null, bias);
    }
    if (epilogue != null) {
      finish(out, epilogue);
    }
  }

  /** What follows a product is queued behind it: over all of it at once where that is known. */
  private static void finish(StridedArray out, Epilogue epilogue) {
    var layout = out.layout();
    if (layout.numel() == 0) {
      return;
    }
    if (epilogue instanceof PointwiseEpilogue pointwise) {
      pointwise.kernel().run(pointwise.outs(), pointwise.ins(), pointwise.parameters());
      return;
    }
    long rows = layout.size(layout.rank() - 2);
    long columns = layout.size(layout.rank() - 1);
    long matrices = layout.numel() / rows / columns;
    for (long matrix = 0; matrix < matrices; matrix++) {
      epilogue.apply(matrix, 0, 0, rows, columns);
    }
  }

  @Override
  public void warmUp() {
    // Compiled for the types that come up, when they do.
  }
}
