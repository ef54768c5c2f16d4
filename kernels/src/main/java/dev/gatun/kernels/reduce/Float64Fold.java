package dev.gatun.kernels.reduce;

import dev.gatun.kernels.reduce.Reduction.Combination;
import dev.gatun.kernels.reduce.Reduction.Mapping;
import dev.gatun.kernels.specialize.ExactClass;
import dev.gatun.kernels.specialize.Inlined;
import dev.gatun.kernels.specialize.NativeMemory;
import dev.gatun.kernels.specialize.Specialization;
import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Folds float64 elements in float64 vectors. A {@linkplain Specialization template}; its constants
 * are the reduction and the shape of vectors.
 */
final class Float64Fold extends FloatingFold {
  private static final Reduction KIND =
      Specialization.constant(MethodHandles.lookup(), Reduction.class, 0);
  private static final VectorSpecies<Double> SPECIES =
      Specialization.constant(MethodHandles.lookup(), VectorShape.class, 1).withLanes(double.class);

  private static final boolean ABSOLUTE = KIND.mapping() == Mapping.ABSOLUTE;
  private static final boolean SQUARE = KIND.mapping() == Mapping.SQUARE;
  private static final boolean NONZERO = KIND.mapping() == Mapping.NONZERO;
  private static final boolean EXTREMUM =
      KIND.combination() == Combination.MAX || KIND.combination() == Combination.MIN;
  private static final VectorOperators.Associative COMBINE =
      VectorCombination.of(KIND.combination());
  private static final double IDENTITY = KIND.identity();

  /** How an element compares with the best so far when it is better. */
  private static final VectorOperators.Comparison BETTER =
      KIND.combination() == Combination.MIN ? VectorOperators.LT : VectorOperators.GT;

  private static final ValueLayout.OfDouble ELEMENT =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.nativeOrder());
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final int LANES = SPECIES.length();

  /**
   * How many elements are added to one sum before it is added to another: this bounds the error.
   */
  private static final int RUN = 16;

  private static final int WIDTH = LANES * Double.BYTES;

  private static final VectorShuffle<Double> HALF = VectorCombination.rotation(SPECIES, 2);
  private static final VectorShuffle<Double> QUARTER = VectorCombination.rotation(SPECIES, 4);
  private static final VectorShuffle<Double> EIGHTH = VectorCombination.rotation(SPECIES, 8);

  Float64Fold() {
    super(KIND, DType.FLOAT64);
  }

  @Override
  DType partialType() {
    return DType.FLOAT64;
  }

  @Override
  long row(MemorySegment in, long offset, long stride, int count) {
    if (stride != Double.BYTES) {
      return super.row(in, offset, stride, count);
    }
    return Double.doubleToRawLongBits(
        EXTREMUM ? contiguousExtremum(in, offset, count) : contiguousRow(in, offset, count));
  }

  @Override
  void rows(
      MemorySegment in,
      long offset,
      long rowStride,
      long rows,
      long stride,
      int count,
      MemorySegment out,
      DType outType,
      long outOffset,
      long outStride,
      double divisor) {
    if (stride != Double.BYTES || outType != DType.FLOAT64) {
      super.rows(
          in, offset, rowStride, rows, stride, count, out, outType, outOffset, outStride, divisor);
      return;
    }
    for (long row = 0; row < rows; row++) {
      long at = offset + row * rowStride;
      double value = EXTREMUM ? contiguousExtremum(in, at, count) : contiguousRow(in, at, count);
      out.set(ELEMENT, outOffset + row * outStride, value / divisor);
    }
  }

  /**
   * Finds an extremum without asking of each element whether it is NaN: a sum of products with zero
   * tells at the end whether to look again, which infinities bring about as well.
   */
  private static double contiguousExtremum(MemorySegment in, long offset, int count) {
    in = NativeMemory.of(in);
    var best0 = DoubleVector.broadcast(SPECIES, IDENTITY);
    var best1 = best0;
    var best2 = best0;
    var best3 = best0;
    var zero = DoubleVector.zero(SPECIES);
    var odd0 = zero;
    var odd1 = zero;
    var odd2 = zero;
    var odd3 = zero;
    int i = 0;
    for (; i <= count - 4 * LANES; i += 4 * LANES) {
      long at = offset + (long) i * Double.BYTES;
      var x0 = map(DoubleVector.fromMemorySegment(SPECIES, in, at, ORDER));
      var x1 = map(DoubleVector.fromMemorySegment(SPECIES, in, at + WIDTH, ORDER));
      var x2 = map(DoubleVector.fromMemorySegment(SPECIES, in, at + 2 * WIDTH, ORDER));
      var x3 = map(DoubleVector.fromMemorySegment(SPECIES, in, at + 3 * WIDTH, ORDER));
      best0 = best0.blend(x0, x0.compare(BETTER, best0));
      best1 = best1.blend(x1, x1.compare(BETTER, best1));
      best2 = best2.blend(x2, x2.compare(BETTER, best2));
      best3 = best3.blend(x3, x3.compare(BETTER, best3));
      odd0 = x0.fma(zero, odd0);
      odd1 = x1.fma(zero, odd1);
      odd2 = x2.fma(zero, odd2);
      odd3 = x3.fma(zero, odd3);
    }
    for (; i < count; i += LANES) {
      var mask = SPECIES.indexInRange(i, count);
      long at = offset + (long) i * Double.BYTES;
      var x = map(DoubleVector.fromMemorySegment(SPECIES, in, at, ORDER, mask));
      best0 = best0.blend(x, x.compare(BETTER, best0).and(mask));
      odd0 = x.fma(zero, odd0);
    }
    var odd = ExactClass.of(SPECIES, odd0).add(odd1).add(ExactClass.of(SPECIES, odd2).add(odd3));
    if (odd.compare(VectorOperators.NE, zero).anyTrue()) {
      return contiguousRow(in, offset, count);
    }
    best0 = best0.lanewise(COMBINE, best1).lanewise(COMBINE, best2.lanewise(COMBINE, best3));
    return best0.reduceLanes(COMBINE);
  }

  private static double contiguousRow(MemorySegment in, long offset, int count) {
    in = NativeMemory.of(in);
    var identity = DoubleVector.broadcast(SPECIES, IDENTITY);
    var sum0 = identity;
    int i = 0;
    while (i <= count - 4 * LANES) {
      var sum1 = identity;
      var sum2 = identity;
      var sum3 = identity;
      var sum4 = identity;
      int bound = Math.min(count - 4 * LANES, i + (RUN - 1) * 4 * LANES);
      for (; i <= bound; i += 4 * LANES) {
        long at = offset + (long) i * Double.BYTES;
        var x1 = map(DoubleVector.fromMemorySegment(SPECIES, in, at, ORDER));
        var x2 = map(DoubleVector.fromMemorySegment(SPECIES, in, at + WIDTH, ORDER));
        var x3 = map(DoubleVector.fromMemorySegment(SPECIES, in, at + 2 * WIDTH, ORDER));
        var x4 = map(DoubleVector.fromMemorySegment(SPECIES, in, at + 3 * WIDTH, ORDER));
        sum1 = x1.lanewise(COMBINE, sum1);
        sum2 = x2.lanewise(COMBINE, sum2);
        sum3 = x3.lanewise(COMBINE, sum3);
        sum4 = x4.lanewise(COMBINE, sum4);
      }
      sum1 = ExactClass.of(SPECIES, ExactClass.of(SPECIES, sum1).lanewise(COMBINE, sum2));
      sum1 = sum1.lanewise(COMBINE, ExactClass.of(SPECIES, sum3).lanewise(COMBINE, sum4));
      sum0 = ExactClass.of(SPECIES, sum0).lanewise(COMBINE, sum1);
    }
    for (; i <= count - LANES; i += LANES) {
      var x =
          map(DoubleVector.fromMemorySegment(SPECIES, in, offset + (long) i * Double.BYTES, ORDER));
      sum0 = x.lanewise(COMBINE, sum0);
    }
    if (i < count) {
      var mask = SPECIES.indexInRange(i, count);
      var x =
          map(
              DoubleVector.fromMemorySegment(
                  SPECIES, in, offset + (long) i * Double.BYTES, ORDER, mask));
      sum0 = ExactClass.of(SPECIES, sum0).lanewise(COMBINE, x, mask);
    }
    return lanes(sum0);
  }

  @Inlined
  static DoubleVector map(DoubleVector x) {
    if (ABSOLUTE) {
      return x.abs();
    }
    if (NONZERO) {
      var zero = DoubleVector.zero(SPECIES);
      return zero.blend(1.0, x.compare(VectorOperators.NE, zero));
    }
    return SQUARE ? x.mul(x) : x;
  }

  /**
   * Combines the lanes, neighbours first, in a fixed order, which {@code reduceLanes} does not
   * promise for sums. Where the elements fit into one vector, the order is the same for all widths.
   */
  @Inlined
  static double lanes(DoubleVector x) {
    if (EXTREMUM) {
      return x.reduceLanes(COMBINE);
    }
    var sum = ExactClass.of(SPECIES, x);
    if (LANES >= 8) {
      sum = ExactClass.of(SPECIES, sum.lanewise(COMBINE, sum.rearrange(EIGHTH)));
    }
    if (LANES >= 4) {
      sum = ExactClass.of(SPECIES, sum.lanewise(COMBINE, sum.rearrange(QUARTER)));
    }
    sum = ExactClass.of(SPECIES, sum.lanewise(COMBINE, sum.rearrange(HALF)));
    return sum.lane(0);
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
    if (columnStride != Double.BYTES) {
      super.columns(in, offset, rowStride, rows, columnStride, columns, out, outOffset, divisor);
      return;
    }
    int row = 0;
    // Eight rows that are compared with zero are more code than the first compiler takes.
    if (rows >= 8 && !NONZERO) {
      for (; row <= rows - 8; row += 8) {
        long at = offset + row * rowStride;
        eightRows(in, at, rowStride, out, outOffset, columns, row == 0);
      }
    }
    for (; row < rows; row++) {
      oneRow(in, offset + row * rowStride, out, outOffset, columns, row == 0);
    }
    if (divisor != 1) {
      divide(out, outOffset, columns, divisor);
    }
  }

  /**
   * Combines eight rows with what has been combined so far, unless they are the first. Rows are
   * read from end to end, as the processor fetches them ahead, and the results stay in the cache.
   */
  private static void eightRows(
      MemorySegment in,
      long offset,
      long rowStride,
      MemorySegment out,
      long outOffset,
      int columns,
      boolean first) {
    in = NativeMemory.of(in);
    out = NativeMemory.of(out);
    int i = 0;
    for (; i <= columns - LANES; i += LANES) {
      long along = (long) i * Double.BYTES;
      long at = offset + along;
      var x0 = map(DoubleVector.fromMemorySegment(SPECIES, in, at, ORDER));
      var x1 = map(DoubleVector.fromMemorySegment(SPECIES, in, at + rowStride, ORDER));
      var x2 = map(DoubleVector.fromMemorySegment(SPECIES, in, at + 2 * rowStride, ORDER));
      var x3 = map(DoubleVector.fromMemorySegment(SPECIES, in, at + 3 * rowStride, ORDER));
      var x4 = map(DoubleVector.fromMemorySegment(SPECIES, in, at + 4 * rowStride, ORDER));
      var x5 = map(DoubleVector.fromMemorySegment(SPECIES, in, at + 5 * rowStride, ORDER));
      var x6 = map(DoubleVector.fromMemorySegment(SPECIES, in, at + 6 * rowStride, ORDER));
      var x7 = map(DoubleVector.fromMemorySegment(SPECIES, in, at + 7 * rowStride, ORDER));
      x0 = x0.lanewise(COMBINE, x1).lanewise(COMBINE, x2.lanewise(COMBINE, x3));
      x4 = x4.lanewise(COMBINE, x5).lanewise(COMBINE, x6.lanewise(COMBINE, x7));
      var sum = x0.lanewise(COMBINE, x4);
      if (!first) {
        sum =
            DoubleVector.fromMemorySegment(SPECIES, out, outOffset + along, ORDER)
                .lanewise(COMBINE, sum);
      }
      ExactClass.of(SPECIES, sum).intoMemorySegment(out, outOffset + along, ORDER);
    }
    if (i < columns) {
      var mask = SPECIES.indexInRange(i, columns);
      long along = (long) i * Double.BYTES;
      long at = offset + along;
      var sum = map(DoubleVector.fromMemorySegment(SPECIES, in, at, ORDER, mask));
      for (int row = 1; row < 8; row++) {
        long next = at + row * rowStride;
        // Called on what has just been loaded, whose class the compiler knows for certain.
        sum =
            map(DoubleVector.fromMemorySegment(SPECIES, in, next, ORDER, mask))
                .lanewise(COMBINE, sum);
      }
      if (!first) {
        var before = DoubleVector.fromMemorySegment(SPECIES, out, outOffset + along, ORDER, mask);
        sum = before.lanewise(COMBINE, sum);
      }
      ExactClass.of(SPECIES, sum).intoMemorySegment(out, outOffset + along, ORDER, mask);
    }
  }

  private static void oneRow(
      MemorySegment in,
      long offset,
      MemorySegment out,
      long outOffset,
      int columns,
      boolean first) {
    in = NativeMemory.of(in);
    out = NativeMemory.of(out);
    for (int i = 0; i < columns; i += LANES) {
      var mask = SPECIES.indexInRange(i, columns);
      long along = (long) i * Double.BYTES;
      var sum = map(DoubleVector.fromMemorySegment(SPECIES, in, offset + along, ORDER, mask));
      if (!first) {
        var before = DoubleVector.fromMemorySegment(SPECIES, out, outOffset + along, ORDER, mask);
        sum = before.lanewise(COMBINE, sum);
      }
      ExactClass.of(SPECIES, sum).intoMemorySegment(out, outOffset + along, ORDER, mask);
    }
  }

  private static void divide(MemorySegment out, long offset, int columns, double divisor) {
    out = NativeMemory.of(out);
    for (int i = 0; i < columns; i += LANES) {
      var mask = SPECIES.indexInRange(i, columns);
      long at = offset + (long) i * Double.BYTES;
      DoubleVector.fromMemorySegment(SPECIES, out, at, ORDER, mask)
          .div(divisor)
          .intoMemorySegment(out, at, ORDER, mask);
    }
  }
}
