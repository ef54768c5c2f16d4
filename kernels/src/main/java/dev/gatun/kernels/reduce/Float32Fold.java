package dev.gatun.kernels.reduce;

import dev.gatun.kernels.reduce.Reduction.Combination;
import dev.gatun.kernels.reduce.Reduction.Mapping;
import dev.gatun.kernels.specialize.Inlined;
import dev.gatun.kernels.specialize.NativeMemory;
import dev.gatun.kernels.specialize.Specialization;
import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
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

  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final int LANES = SPECIES.length();

  /**
   * How many elements are added to one sum before it is added to another: this bounds the error.
   */
  private static final int RUN = 16;

  private static final int WIDTH = LANES * Float.BYTES;

  private static final VectorShuffle<Float> HALF = VectorCombination.rotation(SPECIES, 2);
  private static final VectorShuffle<Float> QUARTER = VectorCombination.rotation(SPECIES, 4);
  private static final VectorShuffle<Float> EIGHTH = VectorCombination.rotation(SPECIES, 8);
  private static final VectorShuffle<Float> SIXTEENTH = VectorCombination.rotation(SPECIES, 16);

  Float32Fold() {
    super(KIND, DType.FLOAT32);
  }

  @Override
  DType partialType() {
    return DType.FLOAT32;
  }

  @Override
  long row(MemorySegment in, long offset, long stride, int count) {
    if (stride != Float.BYTES || NONZERO) {
      return super.row(in, offset, stride, count);
    }
    return Double.doubleToRawLongBits(contiguousRow(in, offset, count));
  }

  private static float contiguousRow(MemorySegment in, long offset, int count) {
    in = NativeMemory.of(in);
    var sum0 = FloatVector.broadcast(SPECIES, IDENTITY);
    int i = 0;
    while (i <= count - 4 * LANES) {
      var sum1 = FloatVector.broadcast(SPECIES, IDENTITY);
      var sum2 = FloatVector.broadcast(SPECIES, IDENTITY);
      var sum3 = FloatVector.broadcast(SPECIES, IDENTITY);
      var sum4 = FloatVector.broadcast(SPECIES, IDENTITY);
      int bound = Math.min(count - 4 * LANES, i + (RUN - 1) * 4 * LANES);
      for (; i <= bound; i += 4 * LANES) {
        long at = offset + (long) i * Float.BYTES;
        var x1 = map(FloatVector.fromMemorySegment(SPECIES, in, at, ORDER));
        var x2 = map(FloatVector.fromMemorySegment(SPECIES, in, at + WIDTH, ORDER));
        var x3 = map(FloatVector.fromMemorySegment(SPECIES, in, at + 2 * WIDTH, ORDER));
        var x4 = map(FloatVector.fromMemorySegment(SPECIES, in, at + 3 * WIDTH, ORDER));
        sum1 = sum1.lanewise(COMBINE, x1);
        sum2 = sum2.lanewise(COMBINE, x2);
        sum3 = sum3.lanewise(COMBINE, x3);
        sum4 = sum4.lanewise(COMBINE, x4);
      }
      sum1 = sum1.lanewise(COMBINE, sum2).lanewise(COMBINE, sum3.lanewise(COMBINE, sum4));
      sum0 = sum0.lanewise(COMBINE, sum1);
    }
    for (; i <= count - LANES; i += LANES) {
      var x =
          map(FloatVector.fromMemorySegment(SPECIES, in, offset + (long) i * Float.BYTES, ORDER));
      sum0 = sum0.lanewise(COMBINE, x);
    }
    if (i < count) {
      var mask = SPECIES.indexInRange(i, count);
      var x =
          map(
              FloatVector.fromMemorySegment(
                  SPECIES, in, offset + (long) i * Float.BYTES, ORDER, mask));
      sum0 = sum0.lanewise(COMBINE, x, mask);
    }
    return lanes(sum0);
  }

  @Inlined
  static FloatVector map(FloatVector x) {
    if (ABSOLUTE) {
      return x.abs();
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
    var sum = x;
    if (LANES >= 16) {
      sum = sum.lanewise(COMBINE, sum.rearrange(SIXTEENTH));
    }
    if (LANES >= 8) {
      sum = sum.lanewise(COMBINE, sum.rearrange(EIGHTH));
    }
    if (LANES >= 4) {
      sum = sum.lanewise(COMBINE, sum.rearrange(QUARTER));
    }
    sum = sum.lanewise(COMBINE, sum.rearrange(HALF));
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
    if (columnStride != Float.BYTES || NONZERO) {
      super.columns(in, offset, rowStride, rows, columnStride, columns, out, outOffset, divisor);
      return;
    }
    float by = (float) divisor;
    int column = 0;
    for (; column <= columns - 2 * LANES; column += 2 * LANES) {
      long along = (long) column * Float.BYTES;
      twoColumnVectors(in, offset + along, rowStride, rows, out, outOffset + along, by);
    }
    for (; column < columns; column += LANES) {
      long along = (long) column * Float.BYTES;
      int width = Math.min(LANES, columns - column);
      columnVector(in, offset + along, rowStride, rows, width, out, outOffset + along, by);
    }
  }

  private static void twoColumnVectors(
      MemorySegment in,
      long offset,
      long rowStride,
      int rows,
      MemorySegment out,
      long outOffset,
      float divisor) {
    in = NativeMemory.of(in);
    out = NativeMemory.of(out);
    var left = FloatVector.broadcast(SPECIES, IDENTITY);
    var right = FloatVector.broadcast(SPECIES, IDENTITY);
    int bound = rows & -4;
    int row = 0;
    for (; row < bound; row += 4) {
      long at = offset + row * rowStride;
      var left0 = map(FloatVector.fromMemorySegment(SPECIES, in, at, ORDER));
      var right0 = map(FloatVector.fromMemorySegment(SPECIES, in, at + WIDTH, ORDER));
      long at1 = at + rowStride;
      var left1 = map(FloatVector.fromMemorySegment(SPECIES, in, at1, ORDER));
      var right1 = map(FloatVector.fromMemorySegment(SPECIES, in, at1 + WIDTH, ORDER));
      long at2 = at + 2 * rowStride;
      var left2 = map(FloatVector.fromMemorySegment(SPECIES, in, at2, ORDER));
      var right2 = map(FloatVector.fromMemorySegment(SPECIES, in, at2 + WIDTH, ORDER));
      long at3 = at + 3 * rowStride;
      var left3 = map(FloatVector.fromMemorySegment(SPECIES, in, at3, ORDER));
      var right3 = map(FloatVector.fromMemorySegment(SPECIES, in, at3 + WIDTH, ORDER));
      left0 = left0.lanewise(COMBINE, left1).lanewise(COMBINE, left2.lanewise(COMBINE, left3));
      right0 = right0.lanewise(COMBINE, right1).lanewise(COMBINE, right2.lanewise(COMBINE, right3));
      left = left.lanewise(COMBINE, left0);
      right = right.lanewise(COMBINE, right0);
    }
    for (; row < rows; row++) {
      long at = offset + row * rowStride;
      left = left.lanewise(COMBINE, map(FloatVector.fromMemorySegment(SPECIES, in, at, ORDER)));
      right =
          right.lanewise(
              COMBINE, map(FloatVector.fromMemorySegment(SPECIES, in, at + WIDTH, ORDER)));
    }
    left.div(divisor).intoMemorySegment(out, outOffset, ORDER);
    right.div(divisor).intoMemorySegment(out, outOffset + WIDTH, ORDER);
  }

  private static void columnVector(
      MemorySegment in,
      long offset,
      long rowStride,
      int rows,
      int width,
      MemorySegment out,
      long outOffset,
      float divisor) {
    in = NativeMemory.of(in);
    out = NativeMemory.of(out);
    var mask = SPECIES.indexInRange(0, width);
    var sum = FloatVector.broadcast(SPECIES, IDENTITY);
    int bound = rows & -4;
    int row = 0;
    for (; row < bound; row += 4) {
      long at = offset + row * rowStride;
      var x0 = map(FloatVector.fromMemorySegment(SPECIES, in, at, ORDER, mask));
      var x1 = map(FloatVector.fromMemorySegment(SPECIES, in, at + rowStride, ORDER, mask));
      var x2 = map(FloatVector.fromMemorySegment(SPECIES, in, at + 2 * rowStride, ORDER, mask));
      var x3 = map(FloatVector.fromMemorySegment(SPECIES, in, at + 3 * rowStride, ORDER, mask));
      x0 = x0.lanewise(COMBINE, x1).lanewise(COMBINE, x2.lanewise(COMBINE, x3));
      sum = sum.lanewise(COMBINE, x0);
    }
    for (; row < rows; row++) {
      var x =
          map(FloatVector.fromMemorySegment(SPECIES, in, offset + row * rowStride, ORDER, mask));
      sum = sum.lanewise(COMBINE, x);
    }
    sum.div(divisor).intoMemorySegment(out, outOffset, ORDER, mask);
  }
}
