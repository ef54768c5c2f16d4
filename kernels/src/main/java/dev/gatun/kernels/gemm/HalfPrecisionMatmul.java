package dev.gatun.kernels.gemm;

import dev.gatun.kernels.index.IndexKernels;
import dev.gatun.memory.DType;
import dev.gatun.memory.Layout;
import dev.gatun.memory.StridedArray;
import org.jspecify.annotations.Nullable;

/**
 * Products of half-precision matrices: operands are widened to float in blocks of the memory pool,
 * multiplied, and the result is rounded once.
 */
final class HalfPrecisionMatmul {
  private final MatmulKernels singles;
  private final IndexKernels conversions;

  HalfPrecisionMatmul(MatmulKernels singles, IndexKernels conversions) {
    this.singles = singles;
    this.conversions = conversions;
  }

  void compute(
      StridedArray out,
      StridedArray a,
      StridedArray b,
      double alpha,
      double beta,
      @Nullable Epilogue epilogue,
      @Nullable StridedArray bias) {
    if (out.layout().numel() == 0) {
      return;
    }
    try (var product = StridedArray.allocate(DType.FLOAT32, out.layout().shape());
        var left = widen(a);
        var right = widen(b);
        var summand = bias == null ? null : widen(bias)) {
      if (beta != 0) {
        conversions.copy(product, out);
      }
      singles.matmul(product, left, right, alpha, beta, null, summand);
      conversions.copy(out, product);
    }
    if (epilogue != null) {
      complete(out.layout(), epilogue);
    }
  }

  /** Widens an operand; a matrix that is repeated along a leading axis is widened once. */
  private StridedArray widen(StridedArray source) {
    var layout = RepeatedMatrices.once(source.layout());
    var wide = StridedArray.allocate(DType.FLOAT32, layout.shape());
    conversions.copy(wide, StridedArray.borrow(source.storage(), source.dtype(), layout));
    return wide;
  }

  private static void complete(Layout layout, Epilogue epilogue) {
    long rows = layout.size(layout.rank() - 2);
    long columns = layout.size(layout.rank() - 1);
    long matrices = layout.numel() / rows / columns;
    for (long matrix = 0; matrix < matrices; matrix++) {
      epilogue.apply(matrix, 0, 0, rows, columns);
    }
  }
}
