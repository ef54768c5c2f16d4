package dev.gatun.kernels.gemm;

import dev.gatun.memory.DType;
import dev.gatun.memory.Layout;
import dev.gatun.memory.Shape;
import dev.gatun.memory.StridedArray;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * Products of half-precision matrices: operands are widened to float in blocks of the memory pool,
 * multiplied, and the result is rounded once.
 */
final class HalfPrecisionMatmul {
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

  private HalfPrecisionMatmul() {}

  static void compute(
      MatmulKernels kernels,
      StridedArray out,
      StridedArray a,
      StridedArray b,
      double alpha,
      double beta,
      @Nullable Epilogue epilogue,
      @Nullable StridedArray bias) {
    Layout layout = out.layout();
    if (layout.numel() == 0) {
      return;
    }
    try (var product = StridedArray.allocate(DType.FLOAT32, layout.shape());
        var left = widen(a);
        var right = widen(b)) {
      kernels.matmul(product, left, right, alpha, 0, null, null);
      round(product, out, beta, epilogue, bias);
    }
  }

  private static StridedArray widen(StridedArray source) {
    var wide = StridedArray.allocate(DType.FLOAT32, source.layout().shape());
    var dtype = source.dtype();
    Shape shape = source.layout().shape();
    var from = new MatrixOperand();
    from.set(source);
    if (shape.numel() == 0) {
      return wide;
    }
    long height = shape.size(shape.rank() - 2);
    long width = shape.size(shape.rank() - 1);
    long to = wide.byteOffset();
    var target = wide.segment();
    long matrices = shape.numel() / height / width;
    for (long matrix = 0; matrix < matrices; matrix++) {
      long start = from.matrixOffset(matrix, source.layout(), 0);
      for (long row = 0; row < height; row++) {
        for (long column = 0; column < width; column++) {
          long at = start + row * from.rowBytes + column * from.columnBytes;
          target.set(FLOAT, to, (float) dtype.getDouble(from.segment, at));
          to += Float.BYTES;
        }
      }
    }
    return wide;
  }

  private static void round(
      StridedArray product,
      StridedArray out,
      double beta,
      @Nullable Epilogue epilogue,
      @Nullable StridedArray bias) {
    Layout layout = out.layout();
    var dtype = out.dtype();
    long height = layout.size(layout.rank() - 2);
    long width = layout.size(layout.rank() - 1);
    var target = new MatrixOperand();
    target.set(out);
    var addend = new MatrixOperand();
    if (bias != null) {
      addend.set(bias);
    }
    long from = product.byteOffset();
    long matrices = layout.numel() / height / width;
    for (long matrix = 0; matrix < matrices; matrix++) {
      long start = target.matrixOffset(matrix, layout, 0);
      long added = bias == null ? 0 : addend.matrixOffset(matrix, layout, 0);
      for (long row = 0; row < height; row++) {
        for (long column = 0; column < width; column++) {
          double value = product.segment().get(FLOAT, from);
          long at = start + column * target.columnBytes;
          if (beta != 0) {
            value += beta * dtype.getDouble(target.segment, at);
          }
          if (bias != null) {
            value += dtype.getDouble(addend.segment, added + column * addend.columnBytes);
          }
          dtype.setDouble(target.segment, at, value);
          from += Float.BYTES;
        }
        if (epilogue != null) {
          epilogue.apply(matrix, row, 0, 1, width);
        }
        start += target.rowBytes;
        added += addend.rowBytes;
      }
    }
  }
}
