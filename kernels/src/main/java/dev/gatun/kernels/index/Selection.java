package dev.gatun.kernels.index;

import dev.gatun.kernels.traverse.ElementMoves;
import dev.gatun.memory.DType;
import dev.gatun.memory.Layout;
import dev.gatun.memory.StridedArray;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;

/** Access by masks, in row-major order. */
final class Selection {
  private Selection() {}

  private static boolean isNonzero(StridedArray array, long index) {
    var type = array.dtype();
    long offset = RowMajor.offset(array, index);
    return type.isFloatingPoint()
        ? type.getDouble(array.segment(), offset) != 0
        : type.getLong(array.segment(), offset) != 0;
  }

  static long count(StridedArray in) {
    long numel = in.layout().numel();
    long count = 0;
    if (in.dtype() == DType.BOOL && in.layout().isContiguous()) {
      long start = in.byteOffset();
      for (long i = 0; i < numel; i++) {
        count += in.segment().get(ValueLayout.JAVA_BYTE, start + i) != 0 ? 1 : 0;
      }
      Reference.reachabilityFence(in);
      return count;
    }
    for (long i = 0; i < numel; i++) {
      count += isNonzero(in, i) ? 1 : 0;
    }
    Reference.reachabilityFence(in);
    return count;
  }

  static void positions(StridedArray out, StridedArray in) {
    var layout = in.layout();
    int rank = layout.rank();
    if (rank > 0 && layout.isContiguous() && out.layout().isContiguous()) {
      positionsInRows(out, in);
      return;
    }
    long row = 0;
    for (long i = 0; i < layout.numel(); i++) {
      if (isNonzero(in, i)) {
        long rest = i;
        for (int axis = rank - 1; axis >= 0; axis--) {
          long offset = RowMajor.offset(out, row * rank + axis);
          DType.INT64.setLong(out.segment(), offset, rest % layout.size(axis));
          rest /= layout.size(axis);
        }
        row++;
      }
    }
    Reference.reachabilityFence(out);
    Reference.reachabilityFence(in);
  }

  /** Row by row, whose index is taken apart only where something is found. */
  private static void positionsInRows(StridedArray out, StridedArray in) {
    var layout = in.layout();
    var type = in.dtype();
    int rank = layout.rank();
    long columns = layout.size(rank - 1);
    var source = in.segment();
    var target = out.segment();
    long from = in.byteOffset();
    long to = out.byteOffset();
    var moves = ElementMoves.of(type.byteShift());
    // Of floating-point numbers all but the sign: zeros have one.
    long mask = type.isFloatingPoint() ? (1L << (type.byteSize() * Byte.SIZE - 1)) - 1 : -1L;
    for (long i = 0; i < layout.numel(); i += columns) {
      for (long done = 0; done < columns; ) {
        int most = (int) Math.min(Integer.MAX_VALUE, columns - done);
        long at = from + (i + done << type.byteShift());
        int next = moves.firstNonzero(source, at, mask, most);
        done += next;
        if (next < most) {
          to = write(target, to, layout, i / columns, done);
          done++;
        }
      }
    }
    Reference.reachabilityFence(out);
    Reference.reachabilityFence(in);
  }

  /** Writes the indices of an element, and returns where the next one's begin. */
  private static long write(
      MemorySegment target, long offset, Layout layout, long row, long column) {
    int last = layout.rank() - 1;
    DType.INT64.setLong(target, offset + (long) last * Long.BYTES, column);
    long rest = row;
    for (int axis = last - 1; axis > 0; axis--) {
      long size = layout.size(axis);
      long quotient = rest / size;
      DType.INT64.setLong(target, offset + (long) axis * Long.BYTES, rest - quotient * size);
      rest = quotient;
    }
    if (last > 0) {
      DType.INT64.setLong(target, offset, rest);
    }
    return offset + (last + 1L) * Long.BYTES;
  }

  static void select(StridedArray out, StridedArray in, StridedArray mask) {
    int shift = out.dtype().byteShift();
    long next = 0;
    for (long i = 0; i < mask.layout().numel(); i++) {
      if (isNonzero(mask, i)) {
        long from = RowMajor.offset(in, i);
        Moves.one(shift, out.segment(), RowMajor.offset(out, next++), in.segment(), from);
      }
    }
    Reference.reachabilityFence(out);
    Reference.reachabilityFence(in);
    Reference.reachabilityFence(mask);
  }

  static void scatter(StridedArray out, StridedArray mask, StridedArray source) {
    int shift = out.dtype().byteShift();
    long next = 0;
    for (long i = 0; i < mask.layout().numel(); i++) {
      if (isNonzero(mask, i)) {
        long from = RowMajor.offset(source, next++);
        Moves.one(shift, out.segment(), RowMajor.offset(out, i), source.segment(), from);
      }
    }
    Reference.reachabilityFence(out);
    Reference.reachabilityFence(mask);
    Reference.reachabilityFence(source);
  }
}
