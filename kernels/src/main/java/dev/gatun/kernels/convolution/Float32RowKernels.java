package dev.gatun.kernels.convolution;

import dev.gatun.kernels.specialize.NativeMemory;
import dev.gatun.kernels.specialize.Specialization;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Loops over rows of float32 with vectors. Where a row does not fill its last vector, that one ends
 * with the row and does some elements twice. A {@linkplain Specialization template}; its constant
 * is the shape of vectors.
 */
final class Float32RowKernels extends RowKernels {
  private static final VectorSpecies<Float> SPECIES =
      Specialization.constant(MethodHandles.lookup(), VectorShape.class, 0).withLanes(float.class);
  private static final VectorSpecies<Integer> INTEGERS = SPECIES.withLanes(int.class);
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final int LANES = SPECIES.length();
  private static final IntVector EVEN = LaneSelections.even(INTEGERS);
  private static final IntVector ODD = LaneSelections.odd(INTEGERS);

  /**
   * The same as {@link #EVEN}, where the second vector begins with the last element of the first.
   */
  private static final IntVector EVEN_OVERLAPPING =
      EVEN.add(1, EVEN.compare(VectorOperators.GE, LANES));

  private static final IntVector FIRST_HALVES = LaneSelections.firstHalves(INTEGERS);
  private static final IntVector SECOND_HALVES = LaneSelections.secondHalves(INTEGERS);

  Float32RowKernels() {
    super(Float.BYTES);
  }

  @Override
  void clear(int count, MemorySegment target, long to) {
    if (count < LANES) {
      super.clear(count, target, to);
      return;
    }
    target = NativeMemory.of(target);
    var zero = FloatVector.zero(SPECIES);
    for (int i = 0; i <= count - LANES; i += LANES) {
      zero.intoMemorySegment(target, to + (long) i * Float.BYTES, ORDER);
    }
    zero.intoMemorySegment(target, to + (long) (count - LANES) * Float.BYTES, ORDER);
  }

  @Override
  void gather(
      int count, MemorySegment source, long from, int stride, MemorySegment target, long to) {
    if (count < LANES || stride > 2) {
      super.gather(count, source, from, stride, target, to);
    } else if (stride == 1) {
      copy(count, source, from, target, to);
    } else {
      gatherEven(count, source, from, target, to);
    }
  }

  private static void copy(
      int count, MemorySegment source, long from, MemorySegment target, long to) {
    source = NativeMemory.of(source);
    target = NativeMemory.of(target);
    for (int i = 0; i <= count - LANES; i += LANES) {
      long at = (long) i * Float.BYTES;
      FloatVector.fromMemorySegment(SPECIES, source, from + at, ORDER)
          .intoMemorySegment(target, to + at, ORDER);
    }
    long last = (long) (count - LANES) * Float.BYTES;
    FloatVector.fromMemorySegment(SPECIES, source, from + last, ORDER)
        .intoMemorySegment(target, to + last, ORDER);
  }

  /** Reads nothing behind the last element that is wanted. */
  private static void gatherEven(
      int count, MemorySegment source, long from, MemorySegment target, long to) {
    source = NativeMemory.of(source);
    target = NativeMemory.of(target);
    for (int i = 0; i < count - LANES; i += LANES) {
      long at = from + 2L * i * Float.BYTES;
      var first = IntVector.fromMemorySegment(INTEGERS, source, at, ORDER);
      var second =
          IntVector.fromMemorySegment(INTEGERS, source, at + (long) LANES * Float.BYTES, ORDER);
      EVEN.selectFrom(first, second).intoMemorySegment(target, to + (long) i * Float.BYTES, ORDER);
    }
    int i = count - LANES;
    long at = from + 2L * i * Float.BYTES;
    var first = IntVector.fromMemorySegment(INTEGERS, source, at, ORDER);
    var second =
        IntVector.fromMemorySegment(INTEGERS, source, at + (LANES - 1L) * Float.BYTES, ORDER);
    EVEN_OVERLAPPING
        .selectFrom(first, second)
        .intoMemorySegment(target, to + (long) i * Float.BYTES, ORDER);
  }

  /** Square blocks with vectors, what is left element by element. */
  @Override
  void transpose(
      int rows,
      int columns,
      MemorySegment source,
      long from,
      long rowBytes,
      MemorySegment target,
      long to,
      long targetRowBytes,
      MemorySegment block) {
    int wholeRows = rows / LANES * LANES;
    int wholeColumns = columns / LANES * LANES;
    for (int row = 0; row < wholeRows; row += LANES) {
      for (int column = 0; column < wholeColumns; column += LANES) {
        transposeBlock(
            source,
            from + row * rowBytes + (long) column * Float.BYTES,
            rowBytes,
            target,
            to + column * targetRowBytes + (long) row * Float.BYTES,
            targetRowBytes,
            block);
      }
    }
    super.transpose(
        wholeRows,
        columns - wholeColumns,
        source,
        from + (long) wholeColumns * Float.BYTES,
        rowBytes,
        target,
        to + wholeColumns * targetRowBytes,
        targetRowBytes,
        block);
    super.transpose(
        rows - wholeRows,
        columns,
        source,
        from + wholeRows * rowBytes,
        rowBytes,
        target,
        to + (long) wholeRows * Float.BYTES,
        targetRowBytes,
        block);
  }

  /**
   * Riffles the rows of a block: the first half with the second, element by element. As often as
   * the number of rows can be halved, and rows have become columns.
   */
  private static void transposeBlock(
      MemorySegment source,
      long from,
      long rowBytes,
      MemorySegment target,
      long to,
      long targetRowBytes,
      MemorySegment block) {
    long vectorBytes = (long) LANES * Float.BYTES;
    long half = LANES * vectorBytes;
    riffle(source, from, rowBytes, block, 0, vectorBytes);
    long at = 0;
    for (int rest = LANES / 4; rest > 1; rest /= 2) {
      riffle(block, at, vectorBytes, block, half - at, vectorBytes);
      at = half - at;
    }
    riffle(block, at, vectorBytes, target, to, targetRowBytes);
  }

  private static void riffle(
      MemorySegment source,
      long from,
      long rowBytes,
      MemorySegment target,
      long to,
      long targetRowBytes) {
    source = NativeMemory.of(source);
    target = NativeMemory.of(target);
    for (int row = 0; row < LANES / 2; row++) {
      long at = from + row * rowBytes;
      var first = IntVector.fromMemorySegment(INTEGERS, source, at, ORDER);
      var second = IntVector.fromMemorySegment(INTEGERS, source, at + LANES / 2 * rowBytes, ORDER);
      long result = to + 2 * row * targetRowBytes;
      FIRST_HALVES.selectFrom(first, second).intoMemorySegment(target, result, ORDER);
      SECOND_HALVES
          .selectFrom(first, second)
          .intoMemorySegment(target, result + targetRowBytes, ORDER);
    }
  }

  @Override
  void addBlock(
      int rows, int columns, MemorySegment block, MemorySegment target, long to, long toRowBytes) {
    block = NativeMemory.of(block);
    target = NativeMemory.of(target);
    for (int row = 0; row < rows; row++) {
      long from = (long) row * columns * Float.BYTES;
      long at = to + row * toRowBytes;
      for (int i = 0; i < columns; i += LANES) {
        long along = (long) i * Float.BYTES;
        FloatVector.fromMemorySegment(SPECIES, block, from + along, ORDER)
            .add(FloatVector.fromMemorySegment(SPECIES, target, at + along, ORDER))
            .intoMemorySegment(target, at + along, ORDER);
      }
    }
  }

  @Override
  void addTo(int count, MemorySegment source, long from, MemorySegment target, long to) {
    source = NativeMemory.of(source);
    target = NativeMemory.of(target);
    for (int i = 0; i < count; i += LANES) {
      long along = (long) i * Float.BYTES;
      FloatVector.fromMemorySegment(SPECIES, target, to + along, ORDER)
          .add(FloatVector.fromMemorySegment(SPECIES, source, from + along, ORDER))
          .intoMemorySegment(target, to + along, ORDER);
    }
  }

  @Override
  void split(
      int count, MemorySegment source, long from, MemorySegment target, long even, long odd) {
    if (count < LANES) {
      super.split(count, source, from, target, even, odd);
      return;
    }
    if (count < 2 * LANES) {
      splitShort(count, source, from, target, even, odd);
      return;
    }
    source = NativeMemory.of(source);
    target = NativeMemory.of(target);
    int pairs = count / 2;
    int vectors = (pairs + LANES - 1) / LANES;
    for (int vector = 0; vector < vectors; vector++) {
      int i = Math.min(vector * LANES, pairs - LANES);
      long at = from + 2L * i * Float.BYTES;
      long along = (long) i * Float.BYTES;
      var first = IntVector.fromMemorySegment(INTEGERS, source, at, ORDER);
      var second =
          IntVector.fromMemorySegment(INTEGERS, source, at + (long) LANES * Float.BYTES, ORDER);
      EVEN.selectFrom(first, second).intoMemorySegment(target, even + along, ORDER);
      ODD.selectFrom(first, second).intoMemorySegment(target, odd + along, ORDER);
    }
    if (count % 2 == 1) {
      super.gather(
          1,
          source,
          from + (count - 1L) * Float.BYTES,
          1,
          target,
          even + (long) pairs * Float.BYTES);
    }
  }

  /** Splits one to two vectors: the second one that is read ends with the row. */
  private static void splitShort(
      int count, MemorySegment source, long from, MemorySegment target, long even, long odd) {
    source = NativeMemory.of(source);
    target = NativeMemory.of(target);
    var first = IntVector.fromMemorySegment(INTEGERS, source, from, ORDER);
    long last = from + (long) (count - LANES) * Float.BYTES;
    var second = IntVector.fromMemorySegment(INTEGERS, source, last, ORDER);
    int shared = 2 * LANES - count;
    EVEN.add(shared, EVEN.compare(VectorOperators.GE, LANES))
        .and(2 * LANES - 1)
        .selectFrom(first, second)
        .intoMemorySegment(target, even, ORDER, INTEGERS.indexInRange(0, (count + 1) / 2));
    ODD.add(shared, ODD.compare(VectorOperators.GE, LANES))
        .and(2 * LANES - 1)
        .selectFrom(first, second)
        .intoMemorySegment(target, odd, ORDER, INTEGERS.indexInRange(0, count / 2));
  }

  @Override
  void add(
      int count,
      MemorySegment source,
      long from,
      double addend,
      MemorySegment target,
      long to,
      long toBytes) {
    if (count < LANES || toBytes != Float.BYTES) {
      super.add(count, source, from, addend, target, to, toBytes);
      return;
    }
    source = NativeMemory.of(source);
    target = NativeMemory.of(target);
    var added = FloatVector.broadcast(SPECIES, (float) addend);
    for (int i = 0; i <= count - LANES; i += LANES) {
      long at = (long) i * Float.BYTES;
      FloatVector.fromMemorySegment(SPECIES, source, from + at, ORDER)
          .add(added)
          .intoMemorySegment(target, to + at, ORDER);
    }
    long last = (long) (count - LANES) * Float.BYTES;
    FloatVector.fromMemorySegment(SPECIES, source, from + last, ORDER)
        .add(added)
        .intoMemorySegment(target, to + last, ORDER);
  }
}
