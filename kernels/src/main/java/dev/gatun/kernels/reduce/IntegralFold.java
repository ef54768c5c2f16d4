package dev.gatun.kernels.reduce;

import dev.gatun.kernels.reduce.Reduction.Combination;
import dev.gatun.kernels.reduce.Reduction.Mapping;
import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;

/** Folds integral elements and truth values in 64-bit integers. */
final class IntegralFold extends FoldKernel {
  private final DType type;
  private final Mapping mapping;
  private final Combination combination;
  private final long identity;

  IntegralFold(Reduction kind, DType type) {
    this.type = type;
    this.mapping = kind.mapping();
    this.combination = kind.combination();
    this.identity = kind.integralIdentity();
  }

  @Override
  long identity() {
    return identity;
  }

  @Override
  long combine(long a, long b) {
    return combination.apply(a, b);
  }

  @Override
  long row(MemorySegment in, long offset, long stride, int count) {
    long result = mapping.apply(type.getLong(in, offset));
    for (int i = 1; i < count; i++) {
      result = combination.apply(result, mapping.apply(type.getLong(in, offset + i * stride)));
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
    for (int column = 0; column < columns; column++) {
      long result = row(in, offset + column * columnStride, rowStride, rows);
      store(out, DType.INT64, outOffset + column * (long) Long.BYTES, result, divisor);
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
