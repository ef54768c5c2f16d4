package dev.gatun.kernels.reduce;

import dev.gatun.kernels.reduce.Reduction.Combination;
import dev.gatun.kernels.reduce.Reduction.Mapping;
import dev.gatun.kernels.specialize.NativeMemory;
import dev.gatun.kernels.specialize.Specialization;
import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;

/**
 * Folds integral elements and truth values in 64-bit integers. A {@linkplain Specialization
 * template}; its constants are the reduction and the element type.
 */
final class IntegralFold extends FoldKernel {
  private static final Reduction KIND =
      Specialization.constant(MethodHandles.lookup(), Reduction.class, 0);
  private static final DType TYPE = Specialization.constant(MethodHandles.lookup(), DType.class, 1);

  private static final Mapping MAPPING = KIND.mapping();
  private static final Combination COMBINATION = KIND.combination();
  private static final int SIZE = TYPE.byteSize();

  /** As many columns at a time as have their folds in the first-level cache. */
  private static final int COLUMNS = 1024;

  IntegralFold() {}

  @Override
  long identity() {
    return KIND.integralIdentity();
  }

  @Override
  long combine(long a, long b) {
    return COMBINATION.apply(a, b);
  }

  @Override
  long row(MemorySegment in, long offset, long stride, int count) {
    return stride == SIZE ? neighbours(in, offset, count) : apart(in, offset, stride, count);
  }

  /** Four folds at a time, since each waits for the one before. */
  private static long neighbours(MemorySegment segment, long offset, int count) {
    var in = NativeMemory.of(segment);
    // The combination's, not the reduction's: the absolute value of the lowest integer is itself.
    long fold0 = COMBINATION.integralIdentity;
    long fold1 = fold0;
    long fold2 = fold0;
    long fold3 = fold0;
    int i = 0;
    for (; i < count - 3; i += 4) {
      long at = offset + (long) i * SIZE;
      fold0 = COMBINATION.apply(fold0, MAPPING.apply(TYPE.getLong(in, at)));
      fold1 = COMBINATION.apply(fold1, MAPPING.apply(TYPE.getLong(in, at + SIZE)));
      fold2 = COMBINATION.apply(fold2, MAPPING.apply(TYPE.getLong(in, at + 2 * SIZE)));
      fold3 = COMBINATION.apply(fold3, MAPPING.apply(TYPE.getLong(in, at + 3 * SIZE)));
    }
    for (; i < count; i++) {
      long at = offset + (long) i * SIZE;
      fold0 = COMBINATION.apply(fold0, MAPPING.apply(TYPE.getLong(in, at)));
    }
    return COMBINATION.apply(COMBINATION.apply(fold0, fold1), COMBINATION.apply(fold2, fold3));
  }

  private static long apart(MemorySegment segment, long offset, long stride, int count) {
    var in = NativeMemory.of(segment);
    long result = MAPPING.apply(TYPE.getLong(in, offset));
    for (int i = 1; i < count; i++) {
      long x = MAPPING.apply(TYPE.getLong(in, offset + i * stride));
      result = COMBINATION.apply(result, x);
    }
    return result;
  }

  @Override
  void columns(
      MemorySegment in,
      long offset,
      long rowStride,
      int rows,
      long columnStride,
      int columns,
      MemorySegment out,
      long outOffset,
      double divisor) {
    for (int column = 0; column < columns; column += COLUMNS) {
      int width = Math.min(COLUMNS, columns - column);
      long from = offset + column * columnStride;
      long to = outOffset + column * (long) Long.BYTES;
      begin(in, from, columnStride, out, to, width);
      for (int row = 1; row < rows; row++) {
        if (columnStride == SIZE) {
          addNeighbours(in, from + row * rowStride, out, to, width);
        } else {
          addApart(in, from + row * rowStride, columnStride, out, to, width);
        }
      }
      if (divisor != 1) {
        for (int i = 0; i < width; i++) {
          long at = to + (long) i * Long.BYTES;
          store(out, DType.INT64, at, DType.INT64.getLong(out, at), divisor);
        }
      }
    }
  }

  /** Folds of one row. */
  private static void begin(
      MemorySegment source, long offset, long stride, MemorySegment folds, long to, int count) {
    var in = NativeMemory.of(source);
    var out = NativeMemory.of(folds);
    for (int i = 0; i < count; i++) {
      long x = MAPPING.apply(TYPE.getLong(in, offset + i * stride));
      DType.INT64.setLong(out, to + (long) i * Long.BYTES, x);
    }
  }

  private static void addNeighbours(
      MemorySegment source, long offset, MemorySegment folds, long to, int count) {
    var in = NativeMemory.of(source);
    var out = NativeMemory.of(folds);
    for (int i = 0; i < count; i++) {
      long x = MAPPING.apply(TYPE.getLong(in, offset + (long) i * SIZE));
      long at = to + (long) i * Long.BYTES;
      DType.INT64.setLong(out, at, COMBINATION.apply(DType.INT64.getLong(out, at), x));
    }
  }

  private static void addApart(
      MemorySegment source, long offset, long stride, MemorySegment folds, long to, int count) {
    var in = NativeMemory.of(source);
    var out = NativeMemory.of(folds);
    for (int i = 0; i < count; i++) {
      long x = MAPPING.apply(TYPE.getLong(in, offset + i * stride));
      long at = to + (long) i * Long.BYTES;
      DType.INT64.setLong(out, at, COMBINATION.apply(DType.INT64.getLong(out, at), x));
    }
  }

  @Override
  DType partialType() {
    return DType.INT64;
  }

  @Override
  long partial(MemorySegment segment, long offset) {
    return DType.INT64.getLong(segment, offset);
  }

  @Override
  void store(MemorySegment out, DType type, long offset, long value, double divisor) {
    if (divisor == 1) {
      type.setLong(out, offset, value);
    } else {
      type.setDouble(out, offset, value / divisor);
    }
  }
}
