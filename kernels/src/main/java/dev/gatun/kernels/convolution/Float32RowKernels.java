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
  private static final VectorSpecies<Integer> INTEGERS =
      Specialization.constant(MethodHandles.lookup(), VectorShape.class, 0).withLanes(int.class);
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final int LANES = SPECIES.length();

  /** Selects elements 0, 2, 4, ... of two vectors. */
  private static final IntVector EVEN = IntVector.zero(INTEGERS).addIndex(2);

  /** The same, where the second vector begins with the last element of the first. */
  private static final IntVector EVEN_OVERLAPPING =
      EVEN.add(1, EVEN.compare(VectorOperators.GE, LANES));

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
