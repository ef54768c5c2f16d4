package dev.gatun.kernels.index;

import dev.gatun.kernels.traverse.ElementMoves;
import dev.gatun.memory.DType;
import dev.gatun.memory.Layout;
import dev.gatun.memory.StridedArray;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/**
 * Access by masks, in row-major order: block by block the places where a mask is true are listed,
 * then elements move. An instance is reused by its thread.
 */
final class Selection {
  private static final int BLOCK = 1024;
  private static final ThreadLocal<Selection> OF_THREAD = ThreadLocal.withInitial(Selection::new);

  private final int[] places = new int[BLOCK];

  private Selection() {}

  static Selection ofThread() {
    return OF_THREAD.get();
  }

  /**
   * The bits that tell a number from zero: of floating point all but the sign, which zeros have.
   */
  private static long bits(DType type) {
    return type.isFloatingPoint() ? (1L << (type.byteSize() * Byte.SIZE - 1)) - 1 : -1L;
  }

  /** How many elements follow each other at one distance in row-major order, in both arrays. */
  private static long rowLength(StridedArray array, StridedArray other) {
    var layout = array.layout();
    return layout.isContiguous() && other.layout().isContiguous()
        ? layout.numel()
        : layout.size(layout.rank() - 1);
  }

  /** Their distance in bytes. */
  private static long rowStride(StridedArray array) {
    var layout = array.layout();
    return layout.isContiguous()
        ? array.dtype().byteSize()
        : layout.stride(layout.rank() - 1) << array.dtype().byteShift();
  }

  long count(StridedArray in) {
    var layout = in.layout();
    var moves = ElementMoves.of(in.dtype().byteShift());
    long row = rowLength(in, in);
    long stride = rowStride(in);
    long bits = bits(in.dtype());
    long count = 0;
    for (long i = 0; i < layout.numel(); i += row) {
      long offset = RowMajor.offset(in, i);
      for (long done = 0; done < row; done += Moves.MOST_AT_ONCE) {
        int now = (int) Math.min(Moves.MOST_AT_ONCE, row - done);
        count += moves.countNonzero(in.segment(), offset + done * stride, stride, bits, now);
      }
    }
    Reference.reachabilityFence(in);
    return count;
  }

  void positions(StridedArray out, StridedArray in) {
    var layout = in.layout();
    long row = rowLength(in, in);
    long stride = rowStride(in);
    long next = 0;
    for (long i = 0; i < layout.numel(); i += row) {
      long offset = RowMajor.offset(in, i);
      for (long done = 0; done < row; done += BLOCK) {
        int found = find(in, offset + done * stride, stride, row - done);
        if (found > 0) {
          writeIndices(out, next, layout, i + done, found);
          next += found;
        }
      }
    }
    Reference.reachabilityFence(out);
    Reference.reachabilityFence(in);
  }

  /** Writes the indices of elements, axis by axis; {@code first} is that of place 0. */
  private void writeIndices(StridedArray out, long next, Layout layout, long first, int count) {
    int rank = layout.rank();
    long rowStride = out.layout().stride(0) << DType.INT64.byteShift();
    long start = out.byteOffset() + next * rowStride;
    long before = 1;
    for (int axis = rank - 1; axis >= 0; axis--) {
      long size = layout.size(axis);
      long offset = start + (out.layout().stride(1) * axis << DType.INT64.byteShift());
      writeIndices(out.segment(), offset, rowStride, first, before, size, count);
      before *= size;
    }
  }

  private void writeIndices(
      MemorySegment out, long offset, long stride, long first, long before, long size, int count) {
    long row = first / before;
    long index = row % size;
    if (before == 1) {
      for (int k = 0, last = 0; k < count; k++) {
        index += places[k] - last;
        last = places[k];
        while (index >= size) {
          index -= size;
        }
        DType.INT64.setLong(out, offset + k * stride, index);
      }
      return;
    }
    // The first place that has the next index.
    long next = before - (first - row * before);
    for (int k = 0; k < count; k++) {
      for (; places[k] >= next; next += before) {
        index = index + 1 == size ? 0 : index + 1;
      }
      DType.INT64.setLong(out, offset + k * stride, index);
    }
  }

  void select(StridedArray out, StridedArray in, StridedArray mask) {
    var moves = ElementMoves.of(out.dtype().byteShift());
    long outStride = out.layout().stride(0) << out.dtype().byteShift();
    long inStride = rowStride(in);
    long maskStride = rowStride(mask);
    long row = rowLength(in, mask);
    long to = out.byteOffset();
    for (long i = 0; i < mask.layout().numel(); i += row) {
      long from = RowMajor.offset(in, i);
      long tested = RowMajor.offset(mask, i);
      for (long done = 0; done < row; done += BLOCK) {
        int found = find(mask, tested + done * maskStride, maskStride, row - done);
        long start = from + done * inStride;
        moves.collect(out.segment(), to, outStride, in.segment(), start, inStride, places, found);
        to += found * outStride;
      }
    }
    Reference.reachabilityFence(out);
    Reference.reachabilityFence(in);
    Reference.reachabilityFence(mask);
  }

  /** Lists the places of a block, or of what is left of a row. */
  private int find(StridedArray in, long offset, long stride, long left) {
    int count = (int) Math.min(BLOCK, left);
    return ElementMoves.of(in.dtype().byteShift())
        .nonzero(in.segment(), offset, stride, bits(in.dtype()), count, places);
  }

  void scatter(StridedArray out, StridedArray mask, StridedArray source) {
    int shift = out.dtype().byteShift();
    var moves = ElementMoves.of(shift);
    boolean isRow = source.layout().isContiguous();
    long outStride = rowStride(out);
    long maskStride = rowStride(mask);
    long row = rowLength(out, mask);
    long next = 0;
    for (long i = 0; i < mask.layout().numel(); i += row) {
      long to = RowMajor.offset(out, i);
      long tested = RowMajor.offset(mask, i);
      for (long done = 0; done < row; done += BLOCK) {
        int found = find(mask, tested + done * maskStride, maskStride, row - done);
        long start = to + done * outStride;
        if (isRow) {
          long from = source.byteOffset() + (next << shift);
          moves.distribute(
              out.segment(), start, outStride, source.segment(), from, 1L << shift, places, found);
        } else {
          for (int k = 0; k < found; k++) {
            long from = RowMajor.offset(source, next + k);
            long place = start + places[k] * outStride;
            Moves.one(shift, out.segment(), place, source.segment(), from);
          }
        }
        next += found;
      }
    }
    Reference.reachabilityFence(out);
    Reference.reachabilityFence(mask);
    Reference.reachabilityFence(source);
  }
}
