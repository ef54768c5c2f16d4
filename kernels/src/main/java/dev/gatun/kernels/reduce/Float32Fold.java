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
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Folds float32 elements in float32 vectors. A {@linkplain Specialization template}; its constants
 * are the reduction and the shape of vectors.
 */
final class Float32Fold extends FloatingFold {
  private static final Reduction KIND =
      Specialization.constant(MethodHandles.lookup(), Reduction.class, 0);
  private static final VectorSpecies<Float> SPECIES =
      Specialization.constant(MethodHandles.lookup(), VectorShape.class, 1).withLanes(float.class);

  private static final boolean ABSOLUTE = KIND.mapping() == Mapping.ABSOLUTE;
  private static final boolean SQUARE = KIND.mapping() == Mapping.SQUARE;
  private static final boolean NONZERO = KIND.mapping() == Mapping.NONZERO;
  private static final boolean EXTREMUM =
      KIND.combination() == Combination.MAX || KIND.combination() == Combination.MIN;
  private static final VectorOperators.Associative COMBINE =
      VectorCombination.of(KIND.combination());
  private static final float IDENTITY = (float) KIND.identity();

  /** How an element compares with the best so far when it is better. */
  private static final VectorOperators.Comparison BETTER =
      KIND.combination() == Combination.MIN ? VectorOperators.LT : VectorOperators.GT;

  private static final ValueLayout.OfFloat ELEMENT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.nativeOrder());
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final int LANES = SPECIES.length();

  /**
   * How many elements are added to one sum before it is added to another: this bounds the error.
   */
  private static final int RUN = 16;

  /** The same where four short rows are folded side by side. */
  private static final int LONG_RUN = 64;

  private static final int WIDTH = LANES * Float.BYTES;

  private static final VectorShuffle<Float> HALF = VectorCombination.rotation(SPECIES, 2);
  private static final VectorShuffle<Float> QUARTER = VectorCombination.rotation(SPECIES, 4);
  private static final VectorShuffle<Float> EIGHTH = VectorCombination.rotation(SPECIES, 8);
  private static final VectorShuffle<Float> SIXTEENTH = VectorCombination.rotation(SPECIES, 16);

  private static final VectorShuffle<Float> HALVES = VectorCombination.exchange(SPECIES, 2);
  private static final VectorShuffle<Float> QUARTERS = VectorCombination.exchange(SPECIES, 4);
  private static final VectorShuffle<Float> EIGHTHS = VectorCombination.exchange(SPECIES, 8);
  private static final VectorShuffle<Float> SIXTEENTHS = VectorCombination.exchange(SPECIES, 16);
  private static final VectorShuffle<Float> QUARTERS_TO_FRONT =
      VectorCombination.everyNth(SPECIES, LANES / 4);
  private static final VectorMask<Float> SECOND_HALF = VectorCombination.odd(SPECIES, 2);
  private static final VectorMask<Float> ODD_QUARTERS = VectorCombination.odd(SPECIES, 4);

  Float32Fold() {
    super(KIND, DType.FLOAT32);
  }

  @Override
  DType partialType() {
    return DType.FLOAT32;
  }

  @Override
  long row(MemorySegment in, long offset, long stride, int count) {
    if (stride != Float.BYTES) {
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
    if (stride != Float.BYTES || outType != DType.FLOAT32) {
      super.rows(
          in, offset, rowStride, rows, stride, count, out, outType, outOffset, outStride, divisor);
      return;
    }
    if (!EXTREMUM && count <= LONG_RUN * LANES) {
      shortRows(in, offset, rowStride, rows, count, out, outOffset, outStride, divisor);
      return;
    }
    for (long row = 0; row < rows; row++) {
      long at = offset + row * rowStride;
      double value = EXTREMUM ? contiguousExtremum(in, at, count) : contiguousRow(in, at, count);
      out.set(ELEMENT, outOffset + row * outStride, (float) (value / divisor));
    }
  }

  private static void shortRows(
      MemorySegment in,
      long offset,
      long rowStride,
      long rows,
      int count,
      MemorySegment out,
      long outOffset,
      long outStride,
      double divisor) {
    var results = FoldScratch.ofThread().results;
    for (long block = 0; block < rows; block += FoldScratch.ROWS) {
      int size = (int) Math.min(FoldScratch.ROWS, rows - block);
      long at = offset + block * rowStride;
      for (int row = 0; row < size; row += 4) {
        // Where fewer than four are left, the last one is folded more than once.
        fourRows(
            in,
            at + row * rowStride,
            at + Math.min(row + 1, size - 1) * rowStride,
            at + Math.min(row + 2, size - 1) * rowStride,
            at + Math.min(row + 3, size - 1) * rowStride,
            count,
            results,
            row);
      }
      for (int row = 0; row < size; row++) {
        out.set(ELEMENT, outOffset + (block + row) * outStride, (float) (results[row] / divisor));
      }
    }
  }

  /**
   * Folds four rows side by side into the first lanes of a vector. A row after the other would
   * leave the processor waiting: for memory at the beginning of each, for the last sums at its end.
   */
  private static void fourRows(
      MemorySegment in,
      long offset0,
      long offset1,
      long offset2,
      long offset3,
      int count,
      float[] results,
      int at) {
    in = NativeMemory.of(in);
    var identity = FloatVector.broadcast(SPECIES, IDENTITY);
    var sum0 = identity;
    var sum1 = identity;
    var sum2 = identity;
    var sum3 = identity;
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      long along = (long) i * Float.BYTES;
      var x0 = map(FloatVector.fromMemorySegment(SPECIES, in, offset0 + along, ORDER));
      var x1 = map(FloatVector.fromMemorySegment(SPECIES, in, offset1 + along, ORDER));
      var x2 = map(FloatVector.fromMemorySegment(SPECIES, in, offset2 + along, ORDER));
      var x3 = map(FloatVector.fromMemorySegment(SPECIES, in, offset3 + along, ORDER));
      sum0 = x0.lanewise(COMBINE, sum0);
      sum1 = x1.lanewise(COMBINE, sum1);
      sum2 = x2.lanewise(COMBINE, sum2);
      sum3 = x3.lanewise(COMBINE, sum3);
    }
    if (i < count) {
      var mask = SPECIES.indexInRange(i, count);
      long along = (long) i * Float.BYTES;
      var x0 = map(FloatVector.fromMemorySegment(SPECIES, in, offset0 + along, ORDER, mask));
      var x1 = map(FloatVector.fromMemorySegment(SPECIES, in, offset1 + along, ORDER, mask));
      var x2 = map(FloatVector.fromMemorySegment(SPECIES, in, offset2 + along, ORDER, mask));
      var x3 = map(FloatVector.fromMemorySegment(SPECIES, in, offset3 + along, ORDER, mask));
      sum0 = identity.blend(x0, mask).lanewise(COMBINE, sum0);
      sum1 = identity.blend(x1, mask).lanewise(COMBINE, sum1);
      sum2 = identity.blend(x2, mask).lanewise(COMBINE, sum2);
      sum3 = identity.blend(x3, mask).lanewise(COMBINE, sum3);
    }
    // As for one row, but each step halves the number of vectors, as long as there are several.
    sum0 = sum0.lanewise(COMBINE, sum0.rearrange(HALVES));
    sum1 = sum1.lanewise(COMBINE, sum1.rearrange(HALVES));
    sum2 = sum2.lanewise(COMBINE, sum2.rearrange(HALVES));
    sum3 = sum3.lanewise(COMBINE, sum3.rearrange(HALVES));
    sum0 = sum0.blend(sum2, SECOND_HALF);
    sum1 = sum1.blend(sum3, SECOND_HALF);
    sum0 = sum0.lanewise(COMBINE, sum0.rearrange(QUARTERS));
    sum1 = sum1.lanewise(COMBINE, sum1.rearrange(QUARTERS));
    var sum = sum0.blend(sum1, ODD_QUARTERS);
    if (LANES >= 8) {
      sum = sum.lanewise(COMBINE, sum.rearrange(EIGHTHS));
    }
    if (LANES >= 16) {
      sum = sum.lanewise(COMBINE, sum.rearrange(SIXTEENTHS));
    }
    sum.rearrange(QUARTERS_TO_FRONT).intoArray(results, at);
  }

  /**
   * Finds an extremum without asking of each element whether it is NaN: a sum of products with zero
   * tells at the end whether to look again, which infinities bring about as well.
   */
  private static float contiguousExtremum(MemorySegment in, long offset, int count) {
    in = NativeMemory.of(in);
    var best0 = FloatVector.broadcast(SPECIES, IDENTITY);
    var best1 = best0;
    var best2 = best0;
    var best3 = best0;
    var zero = FloatVector.zero(SPECIES);
    var odd0 = zero;
    var odd1 = zero;
    var odd2 = zero;
    var odd3 = zero;
    int i = 0;
    for (; i <= count - 4 * LANES; i += 4 * LANES) {
      long at = offset + (long) i * Float.BYTES;
      var x0 = map(FloatVector.fromMemorySegment(SPECIES, in, at, ORDER));
      var x1 = map(FloatVector.fromMemorySegment(SPECIES, in, at + WIDTH, ORDER));
      var x2 = map(FloatVector.fromMemorySegment(SPECIES, in, at + 2 * WIDTH, ORDER));
      var x3 = map(FloatVector.fromMemorySegment(SPECIES, in, at + 3 * WIDTH, ORDER));
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
      long at = offset + (long) i * Float.BYTES;
      var x = map(FloatVector.fromMemorySegment(SPECIES, in, at, ORDER, mask));
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

  private static float contiguousRow(MemorySegment in, long offset, int count) {
    in = NativeMemory.of(in);
    var identity = FloatVector.broadcast(SPECIES, IDENTITY);
    var sum0 = identity;
    int i = 0;
    while (i <= count - 4 * LANES) {
      var sum1 = identity;
      var sum2 = identity;
      var sum3 = identity;
      var sum4 = identity;
      int bound = Math.min(count - 4 * LANES, i + (RUN - 1) * 4 * LANES);
      for (; i <= bound; i += 4 * LANES) {
        long at = offset + (long) i * Float.BYTES;
        var x1 = map(FloatVector.fromMemorySegment(SPECIES, in, at, ORDER));
        var x2 = map(FloatVector.fromMemorySegment(SPECIES, in, at + WIDTH, ORDER));
        var x3 = map(FloatVector.fromMemorySegment(SPECIES, in, at + 2 * WIDTH, ORDER));
        var x4 = map(FloatVector.fromMemorySegment(SPECIES, in, at + 3 * WIDTH, ORDER));
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
          map(FloatVector.fromMemorySegment(SPECIES, in, offset + (long) i * Float.BYTES, ORDER));
      sum0 = x.lanewise(COMBINE, sum0);
    }
    if (i < count) {
      var mask = SPECIES.indexInRange(i, count);
      var x =
          map(
              FloatVector.fromMemorySegment(
                  SPECIES, in, offset + (long) i * Float.BYTES, ORDER, mask));
      sum0 = ExactClass.of(SPECIES, sum0).lanewise(COMBINE, x, mask);
    }
    return lanes(sum0);
  }

  @Inlined
  static FloatVector map(FloatVector x) {
    if (ABSOLUTE) {
      return x.abs();
    }
    if (NONZERO) {
      var zero = FloatVector.zero(SPECIES);
      return zero.blend(1f, x.compare(VectorOperators.NE, zero));
    }
    return SQUARE ? x.mul(x) : x;
  }

  /**
   * Combines the lanes, neighbours first, in a fixed order, which {@code reduceLanes} does not
   * promise for sums. Where the elements fit into one vector, the order is the same for all widths.
   */
  @Inlined
  static float lanes(FloatVector x) {
    if (EXTREMUM) {
      return x.reduceLanes(COMBINE);
    }
    var sum = ExactClass.of(SPECIES, x);
    if (LANES >= 16) {
      sum = ExactClass.of(SPECIES, sum.lanewise(COMBINE, sum.rearrange(SIXTEENTH)));
    }
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
    if (columnStride != Float.BYTES) {
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
      divide(out, outOffset, columns, (float) divisor);
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
      long along = (long) i * Float.BYTES;
      long at = offset + along;
      var x0 = map(FloatVector.fromMemorySegment(SPECIES, in, at, ORDER));
      var x1 = map(FloatVector.fromMemorySegment(SPECIES, in, at + rowStride, ORDER));
      var x2 = map(FloatVector.fromMemorySegment(SPECIES, in, at + 2 * rowStride, ORDER));
      var x3 = map(FloatVector.fromMemorySegment(SPECIES, in, at + 3 * rowStride, ORDER));
      var x4 = map(FloatVector.fromMemorySegment(SPECIES, in, at + 4 * rowStride, ORDER));
      var x5 = map(FloatVector.fromMemorySegment(SPECIES, in, at + 5 * rowStride, ORDER));
      var x6 = map(FloatVector.fromMemorySegment(SPECIES, in, at + 6 * rowStride, ORDER));
      var x7 = map(FloatVector.fromMemorySegment(SPECIES, in, at + 7 * rowStride, ORDER));
      x0 = x0.lanewise(COMBINE, x1).lanewise(COMBINE, x2.lanewise(COMBINE, x3));
      x4 = x4.lanewise(COMBINE, x5).lanewise(COMBINE, x6.lanewise(COMBINE, x7));
      var sum = x0.lanewise(COMBINE, x4);
      if (!first) {
        sum =
            FloatVector.fromMemorySegment(SPECIES, out, outOffset + along, ORDER)
                .lanewise(COMBINE, sum);
      }
      ExactClass.of(SPECIES, sum).intoMemorySegment(out, outOffset + along, ORDER);
    }
    if (i < columns) {
      var mask = SPECIES.indexInRange(i, columns);
      long along = (long) i * Float.BYTES;
      long at = offset + along;
      var sum = map(FloatVector.fromMemorySegment(SPECIES, in, at, ORDER, mask));
      for (int row = 1; row < 8; row++) {
        long next = at + row * rowStride;
        // Called on what has just been loaded, whose class the compiler knows for certain.
        sum =
            map(FloatVector.fromMemorySegment(SPECIES, in, next, ORDER, mask))
                .lanewise(COMBINE, sum);
      }
      if (!first) {
        var before = FloatVector.fromMemorySegment(SPECIES, out, outOffset + along, ORDER, mask);
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
      long along = (long) i * Float.BYTES;
      var sum = map(FloatVector.fromMemorySegment(SPECIES, in, offset + along, ORDER, mask));
      if (!first) {
        var before = FloatVector.fromMemorySegment(SPECIES, out, outOffset + along, ORDER, mask);
        sum = before.lanewise(COMBINE, sum);
      }
      ExactClass.of(SPECIES, sum).intoMemorySegment(out, outOffset + along, ORDER, mask);
    }
  }

  private static void divide(MemorySegment out, long offset, int columns, float divisor) {
    out = NativeMemory.of(out);
    for (int i = 0; i < columns; i += LANES) {
      var mask = SPECIES.indexInRange(i, columns);
      long at = offset + (long) i * Float.BYTES;
      FloatVector.fromMemorySegment(SPECIES, out, at, ORDER, mask)
          .div(divisor)
          .intoMemorySegment(out, at, ORDER, mask);
    }
  }
}
