package dev.gatun.kernels.reduce;

import dev.gatun.kernels.reduce.Reduction.Combination;
import dev.gatun.kernels.reduce.Reduction.Mapping;
import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;

/** Folds elements of any type in float64, in plain Java. */
class FloatingFold extends FoldKernel {
  /** So few that sums of equal elements, whose roundings all go one way, are off by few units. */
  private static final int LEAF = 16;

  private final DType type;
  private final Mapping mapping;
  private final Combination combination;
  private final long identity;

  FloatingFold(Reduction kind, DType type) {
    this.type = type;
    this.mapping = kind.mapping();
    this.combination = kind.combination();
    this.identity = Double.doubleToRawLongBits(kind.identity());
  }

  @Override
  final long identity() {
    return identity;
  }

  @Override
  final long combine(long a, long b) {
    return Double.doubleToRawLongBits(
        combination.apply(Double.longBitsToDouble(a), Double.longBitsToDouble(b)));
  }

  @Override
  long row(MemorySegment in, long offset, long stride, int count) {
    return Double.doubleToRawLongBits(fold(in, offset, stride, count));
  }

  private double fold(MemorySegment in, long offset, long stride, int count) {
    if (count > LEAF) {
      int half = count >>> 1;
      return combination.apply(
          fold(in, offset, stride, half), fold(in, offset + half * stride, stride, count - half));
    }
    double result = mapping.apply(type.getDouble(in, offset));
    for (int i = 1; i < count; i++) {
      result = combination.apply(result, mapping.apply(type.getDouble(in, offset + i * stride)));
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
    var partialType = partialType();
    for (int column = 0; column < columns; column++) {
      double result = fold(in, offset + column * columnStride, rowStride, rows);
      partialType.setDouble(
          out, outOffset + ((long) column << partialType.byteShift()), result / divisor);
    }
  }

  @Override
  DType partialType() {
    return DType.FLOAT64;
  }

  @Override
  final long partial(MemorySegment segment, long offset) {
    return Double.doubleToRawLongBits(partialType().getDouble(segment, offset));
  }

  @Override
  final void store(MemorySegment out, DType type, long offset, long value, double divisor) {
    type.setDouble(out, offset, Double.longBitsToDouble(value) / divisor);
  }
}
