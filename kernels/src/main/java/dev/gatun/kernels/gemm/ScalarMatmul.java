package dev.gatun.kernels.gemm;

import dev.gatun.memory.DType;
import dev.gatun.memory.Layout;
import dev.gatun.memory.StridedArray;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import org.jspecify.annotations.Nullable;

/**
 * Matrix products in plain Java, row by row: the reference for other kernels, and what computes
 * where they do not. Sums of floating-point products are kept in double, those of integers in long.
 */
public final class ScalarMatmul implements MatmulKernels {
  private static final ScalarMatmul INSTANCE = new ScalarMatmul();

  private final ScratchPool<Row> rows = new ScratchPool<>(Row::new);

  private ScalarMatmul() {}

  /**
   * Returns the kernels.
   *
   * @return the only instance
   */
  public static ScalarMatmul instance() {
    return INSTANCE;
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
    var row = rows.take();
    try {
      row.compute(out, a, b, alpha, beta, epilogue, bias);
    } finally {
      Reference.reachabilityFence(out);
      Reference.reachabilityFence(a);
      Reference.reachabilityFence(b);
      Reference.reachabilityFence(bias);
      row.clear();
      rows.giveBack(row);
    }
  }

  @Override
  public void warmUp() {
    // plain loops are fast enough from the first call on
  }

  /** The sums of one row of the result, and the operands of the call that computes it. */
  private static final class Row {
    private final MatrixOperand out = new MatrixOperand();
    private final MatrixOperand left = new MatrixOperand();
    private final MatrixOperand right = new MatrixOperand();
    private final MatrixOperand bias = new MatrixOperand();
    private double[] sums = new double[0];
    private long[] integerSums = new long[0];

    void clear() {
      out.clear();
      left.clear();
      right.clear();
      bias.clear();
    }

    void compute(
        StridedArray result,
        StridedArray a,
        StridedArray b,
        double alpha,
        double beta,
        @Nullable Epilogue epilogue,
        @Nullable StridedArray addend) {
      out.set(result);
      left.set(a);
      right.set(b);
      if (addend != null) {
        bias.set(addend);
      }
      var dtype = result.dtype();
      Layout layout = result.layout();
      long height = layout.size(layout.rank() - 2);
      int width = Math.toIntExact(layout.size(layout.rank() - 1));
      long depth = a.layout().size(a.layout().rank() - 1);
      if (layout.numel() == 0) {
        return;
      }
      reserve(dtype, width);
      long matrices = layout.numel() / height / width;
      for (long matrix = 0; matrix < matrices; matrix++) {
        long to = out.matrixOffset(matrix, layout, 0);
        long from = left.matrixOffset(matrix, layout, 0);
        long other = right.matrixOffset(matrix, layout, 0);
        long added = addend == null ? 0 : bias.matrixOffset(matrix, layout, 0);
        for (long row = 0; row < height; row++) {
          if (dtype.isFloatingPoint()) {
            sum(dtype, from, other, depth, width);
            store(dtype, width, to, alpha, beta, addend != null, added);
          } else {
            sumIntegers(dtype, from, other, depth, width);
            storeIntegers(dtype, width, to, (long) alpha, (long) beta, addend != null, added);
          }
          if (epilogue != null) {
            epilogue.apply(matrix, row, 0, 1, width);
          }
          to += out.rowBytes;
          from += left.rowBytes;
          added += bias.rowBytes;
        }
      }
    }

    private void reserve(DType dtype, int width) {
      if (dtype.isFloatingPoint()) {
        if (sums.length < width) {
          sums = new double[width];
        }
      } else if (integerSums.length < width) {
        integerSums = new long[width];
      }
    }

    private void sum(DType dtype, long from, long other, long depth, int width) {
      for (int i = 0; i < width; i++) {
        sums[i] = 0;
      }
      for (long step = 0; step < depth; step++) {
        double factor = dtype.getDouble(left.segment, from + step * left.columnBytes);
        long start = other + step * right.rowBytes;
        switch (dtype) {
          case FLOAT32 -> addFloats(factor, right.segment, start, right.columnBytes, width);
          case FLOAT64 -> addDoubles(factor, right.segment, start, right.columnBytes, width);
          default -> {
            for (int i = 0; i < width; i++) {
              sums[i] += factor * dtype.getDouble(right.segment, start + i * right.columnBytes);
            }
          }
        }
      }
    }

    private void addFloats(
        double factor, MemorySegment segment, long start, long columnBytes, int width) {
      for (int i = 0; i < width; i++) {
        sums[i] += factor * segment.get(ValueLayout.JAVA_FLOAT_UNALIGNED, start + i * columnBytes);
      }
    }

    private void addDoubles(
        double factor, MemorySegment segment, long start, long columnBytes, int width) {
      for (int i = 0; i < width; i++) {
        sums[i] += factor * segment.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, start + i * columnBytes);
      }
    }

    private void sumIntegers(DType dtype, long from, long other, long depth, int width) {
      for (int i = 0; i < width; i++) {
        integerSums[i] = 0;
      }
      for (long step = 0; step < depth; step++) {
        long factor = dtype.getLong(left.segment, from + step * left.columnBytes);
        long start = other + step * right.rowBytes;
        switch (dtype) {
          case INT32 -> addInts(factor, right.segment, start, right.columnBytes, width);
          case INT64 -> addLongs(factor, right.segment, start, right.columnBytes, width);
          default -> {
            for (int i = 0; i < width; i++) {
              integerSums[i] +=
                  factor * dtype.getLong(right.segment, start + i * right.columnBytes);
            }
          }
        }
      }
    }

    private void addInts(
        long factor, MemorySegment segment, long start, long columnBytes, int width) {
      for (int i = 0; i < width; i++) {
        integerSums[i] +=
            factor * segment.get(ValueLayout.JAVA_INT_UNALIGNED, start + i * columnBytes);
      }
    }

    private void addLongs(
        long factor, MemorySegment segment, long start, long columnBytes, int width) {
      for (int i = 0; i < width; i++) {
        integerSums[i] +=
            factor * segment.get(ValueLayout.JAVA_LONG_UNALIGNED, start + i * columnBytes);
      }
    }

    private void store(
        DType dtype, int width, long to, double alpha, double beta, boolean biased, long added) {
      for (int i = 0; i < width; i++) {
        long at = to + i * out.columnBytes;
        double value = alpha * sums[i];
        if (beta != 0) {
          value += beta * dtype.getDouble(out.segment, at);
        }
        if (biased) {
          value += dtype.getDouble(bias.segment, added + i * bias.columnBytes);
        }
        dtype.setDouble(out.segment, at, value);
      }
    }

    private void storeIntegers(
        DType dtype, int width, long to, long alpha, long beta, boolean biased, long added) {
      for (int i = 0; i < width; i++) {
        long at = to + i * out.columnBytes;
        long value = alpha * integerSums[i];
        if (beta != 0) {
          value += beta * dtype.getLong(out.segment, at);
        }
        if (biased) {
          value += dtype.getLong(bias.segment, added + i * bias.columnBytes);
        }
        dtype.setLong(out.segment, at, value);
      }
    }
  }
}
