package dev.gatun.kernels.index;

import dev.gatun.kernels.RangeTask;
import dev.gatun.kernels.Workers;
import dev.gatun.memory.StridedArray;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/**
 * Copies between arrays whose innermost axes differ: a transpose of matrices in the last two axes,
 * or the other way round.
 *
 * <p>An instance is reused by its thread and holds no arrays between calls.
 */
final class Transposition {
  private static final long SERIAL_ELEMENTS = 1 << 15;
  private static final int STRIPE = 64;
  private static final int SMALLEST = 4;
  private static final ThreadLocal<Transposition> OF_THREAD =
      ThreadLocal.withInitial(Transposition::new);

  private final RangeTask running = this::run;
  private MemorySegment out = MemorySegment.NULL;
  private MemorySegment in = MemorySegment.NULL;
  private int shift;
  private long outStart;
  private long inStart;
  private long outStride;
  private long inStride;
  private long rows;
  private long columns;

  private Transposition() {}

  /**
   * Copies matrix by matrix if the last two axes are transposed and worth it.
   *
   * @return whether the copy has been made
   */
  static boolean copy(StridedArray out, StridedArray in) {
    var outLayout = out.layout();
    var inLayout = in.layout();
    int rank = outLayout.rank();
    if (rank < 2 || outLayout.numel() == 0) {
      return false;
    }
    int row = rank - 2;
    int column = rank - 1;
    if (outLayout.stride(row) == 1 && outLayout.stride(column) != 1) {
      row = rank - 1;
      column = rank - 2;
    }
    long rows = outLayout.size(row);
    long columns = outLayout.size(column);
    boolean transposed =
        outLayout.stride(column) == 1
            && inLayout.stride(row) == 1
            && inLayout.stride(column) != 1
            && inLayout.stride(column) != 0;
    if (!transposed
        || rows < SMALLEST
        || columns < SMALLEST
        || rows > Integer.MAX_VALUE
        || columns > Integer.MAX_VALUE) {
      return false;
    }
    OF_THREAD.get().copyMatrices(out, in, row, column);
    return true;
  }

  private void copyMatrices(StridedArray out, StridedArray in, int row, int column) {
    var outLayout = out.layout();
    var inLayout = in.layout();
    this.out = out.segment();
    this.in = in.segment();
    shift = out.dtype().byteShift();
    rows = outLayout.size(row);
    columns = outLayout.size(column);
    outStride = outLayout.stride(row) << shift;
    inStride = inLayout.stride(column) << shift;
    long each = rows * columns;
    long matrices = outLayout.numel() / each;
    try {
      for (long matrix = 0; matrix < matrices; matrix++) {
        outStart = RowMajor.offset(out, matrix * each);
        inStart = RowMajor.offset(in, matrix * each);
        if (each < SERIAL_ELEMENTS) {
          run(0, rows);
        } else {
          Workers.parallelFor(rows, STRIPE, running);
        }
      }
    } finally {
      Reference.reachabilityFence(out);
      Reference.reachabilityFence(in);
      this.out = MemorySegment.NULL;
      this.in = MemorySegment.NULL;
    }
  }

  private void run(long from, long to) {
    Moves.transpose(
        shift,
        out,
        outStart + from * outStride,
        outStride,
        in,
        inStart + (from << shift),
        inStride,
        (int) (to - from),
        (int) columns);
  }
}
