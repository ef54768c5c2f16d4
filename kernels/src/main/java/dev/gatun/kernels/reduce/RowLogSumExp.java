package dev.gatun.kernels.reduce;

import dev.gatun.kernels.scratch.ScratchMemory;
import dev.gatun.kernels.traverse.ElementMoves;
import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;

/**
 * {@link ReductionKernels#logSumExp} along fibres whose elements lie side by side. Those that lie
 * side by side themselves are copied to rows, some at a time; another kernel does the others.
 */
final class RowLogSumExp extends FibreKernel {
  private static final ThreadLocal<ScratchMemory> ROWS =
      ThreadLocal.withInitial(ScratchMemory::new);

  /** As many as make a cache line of float32, so that lines are read once. */
  private static final int COLUMNS_AT_ONCE = 16;

  /** Longer columns would not fit the second-level cache, that many at once. */
  private static final long LONGEST_COLUMN = 4096;

  private final RowExponentials rows;
  private final FibreKernel otherLayouts;

  RowLogSumExp(RowExponentials rows, FibreKernel otherLayouts) {
    this.rows = rows;
    this.otherLayouts = otherLayouts;
  }

  @Override
  void run(Fibres fibres, long out, long first, long second, long count) {
    int size = rows.type().byteSize();
    if (fibres.firstAlong == size && fibres.length <= Integer.MAX_VALUE) {
      int length = (int) fibres.length;
      for (long i = 0; i < count; i++) {
        long from = first + i * fibres.firstNext;
        double result = logSumExp(fibres.first, from, length);
        fibres.outType.setDouble(fibres.out, out + i * fibres.outNext, result);
      }
    } else if (fibres.firstNext == size && fibres.length <= LONGEST_COLUMN) {
      for (long i = 0; i < count; i += COLUMNS_AT_ONCE) {
        int width = (int) Math.min(COLUMNS_AT_ONCE, count - i);
        columns(fibres, out + i * fibres.outNext, first + i * size, width);
      }
    } else {
      otherLayouts.run(fibres, out, first, second, count);
    }
  }

  private void columns(Fibres fibres, long out, long first, int width) {
    DType type = rows.type();
    int length = (int) fibres.length;
    var moves = ElementMoves.of(type.byteShift());
    long size = type.byteSize();
    var row = ROWS.get().reserve(length * size);
    for (int column = 0; column < width; column++) {
      moves.move(row, 0, size, fibres.first, first + column * size, fibres.firstAlong, length);
      double result = logSumExp(row, 0, length);
      fibres.outType.setDouble(fibres.out, out + column * fibres.outNext, result);
    }
  }

  private double logSumExp(MemorySegment in, long offset, int length) {
    double largest = rows.largest(in, offset, length);
    if (Double.isFinite(largest)) {
      return largest + Math.log(rows.sum(in, offset, length, largest));
    }
    return hasNan(in, offset, length) ? Double.NaN : largest;
  }

  private boolean hasNan(MemorySegment in, long offset, int length) {
    var type = rows.type();
    for (int i = 0; i < length; i++) {
      if (Double.isNaN(type.getDouble(in, offset + ((long) i << type.byteShift())))) {
        return true;
      }
    }
    return false;
  }
}
