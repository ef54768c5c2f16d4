package dev.gatun.kernels.convolution;

import dev.gatun.kernels.specialize.NativeMemory;
import dev.gatun.kernels.specialize.Specialization;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The transforms of float32. A {@linkplain Specialization template}; its constant is the shape of
 * vectors.
 */
final class Float32RowTransforms extends RowTransforms {
  private static final VectorSpecies<Float> SPECIES =
      Specialization.constant(MethodHandles.lookup(), VectorShape.class, 0).withLanes(float.class);
  private static final VectorSpecies<Integer> INTEGERS = SPECIES.withLanes(int.class);
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final int LANES = SPECIES.length();
  private static final long VECTOR_BYTES = (long) LANES * Float.BYTES;
  private static final long PIECE_BYTES = (long) RESULTS * Float.BYTES;

  private static final IntVector EVEN = LaneSelections.even(INTEGERS);
  private static final IntVector ODD = LaneSelections.odd(INTEGERS);
  private static final IntVector FIRST_HALVES = LaneSelections.firstHalves(INTEGERS);
  private static final IntVector SECOND_HALVES = LaneSelections.secondHalves(INTEGERS);

  Float32RowTransforms() {}

  @Override
  void image(
      int vectors, MemorySegment row, long from, MemorySegment target, long to, long numberBytes) {
    row = NativeMemory.of(row);
    target = NativeMemory.of(target);
    for (int i = 0; i < vectors; i++) {
      long at = from + RESULTS * i * VECTOR_BYTES;
      var v0 = IntVector.fromMemorySegment(INTEGERS, row, at, ORDER);
      var v1 = IntVector.fromMemorySegment(INTEGERS, row, at + VECTOR_BYTES, ORDER);
      var v2 = IntVector.fromMemorySegment(INTEGERS, row, at + 2 * VECTOR_BYTES, ORDER);
      var v3 = IntVector.fromMemorySegment(INTEGERS, row, at + 3 * VECTOR_BYTES, ORDER);
      var left = EVEN.selectFrom(v0, v1);
      var right = EVEN.selectFrom(v2, v3);
      var d0 = EVEN.selectFrom(left, right).reinterpretAsFloats();
      var d2 = ODD.selectFrom(left, right).reinterpretAsFloats();
      left = ODD.selectFrom(v0, v1);
      right = ODD.selectFrom(v2, v3);
      var d1 = EVEN.selectFrom(left, right).reinterpretAsFloats();
      var d3 = ODD.selectFrom(left, right).reinterpretAsFloats();
      // The same one piece further.
      at += PIECE_BYTES;
      v0 = IntVector.fromMemorySegment(INTEGERS, row, at, ORDER);
      v1 = IntVector.fromMemorySegment(INTEGERS, row, at + VECTOR_BYTES, ORDER);
      v2 = IntVector.fromMemorySegment(INTEGERS, row, at + 2 * VECTOR_BYTES, ORDER);
      v3 = IntVector.fromMemorySegment(INTEGERS, row, at + 3 * VECTOR_BYTES, ORDER);
      left = EVEN.selectFrom(v0, v1);
      right = EVEN.selectFrom(v2, v3);
      var d4 = EVEN.selectFrom(left, right).reinterpretAsFloats();
      var d6 = ODD.selectFrom(left, right).reinterpretAsFloats();
      left = ODD.selectFrom(v0, v1);
      right = ODD.selectFrom(v2, v3);
      var d5 = EVEN.selectFrom(left, right).reinterpretAsFloats();

      at = to + i * VECTOR_BYTES;
      var middle = d2.sub(d4);
      var inner = d1.sub(d3);
      d0.sub(d2).sub(inner).intoMemorySegment(target, at, ORDER);
      inner.intoMemorySegment(target, at + numberBytes, ORDER);
      inner.sub(middle).intoMemorySegment(target, at + 2 * numberBytes, ORDER);
      at += 3 * numberBytes;
      d2.sub(d3).intoMemorySegment(target, at, ORDER);
      d3.intoMemorySegment(target, at + numberBytes, ORDER);
      d3.sub(d4).intoMemorySegment(target, at + 2 * numberBytes, ORDER);
      at += 3 * numberBytes;
      inner = d3.sub(d5);
      middle.sub(inner).intoMemorySegment(target, at, ORDER);
      inner.intoMemorySegment(target, at + numberBytes, ORDER);
      inner.sub(d4.sub(d6)).intoMemorySegment(target, at + 2 * numberBytes, ORDER);
    }
  }

  @Override
  void results(
      int vectors,
      MemorySegment products,
      long from,
      long numberBytes,
      float addend,
      MemorySegment target,
      long to) {
    products = NativeMemory.of(products);
    target = NativeMemory.of(target);
    var added = FloatVector.broadcast(SPECIES, addend);
    for (int i = 0; i < vectors; i++) {
      long at = from + i * VECTOR_BYTES;
      var m0 = FloatVector.fromMemorySegment(SPECIES, products, at, ORDER);
      var m1 = FloatVector.fromMemorySegment(SPECIES, products, at + numberBytes, ORDER);
      var m2 = FloatVector.fromMemorySegment(SPECIES, products, at + 2 * numberBytes, ORDER);
      at += 3 * numberBytes;
      var upper0 = m0.add(m1);
      var upper1 = m1.sub(m2);
      m0 = FloatVector.fromMemorySegment(SPECIES, products, at, ORDER);
      m1 = FloatVector.fromMemorySegment(SPECIES, products, at + numberBytes, ORDER);
      m2 = FloatVector.fromMemorySegment(SPECIES, products, at + 2 * numberBytes, ORDER);
      at += 3 * numberBytes;
      var middle0 = m0.add(m1).add(added);
      var middle1 = m1.sub(m2).add(added);
      m0 = FloatVector.fromMemorySegment(SPECIES, products, at, ORDER);
      m1 = FloatVector.fromMemorySegment(SPECIES, products, at + numberBytes, ORDER);
      m2 = FloatVector.fromMemorySegment(SPECIES, products, at + 2 * numberBytes, ORDER);
      var y0 = upper0.add(middle0).reinterpretAsInts();
      var y1 = upper1.add(middle1).reinterpretAsInts();
      var y2 = middle0.sub(m0.add(m1)).reinterpretAsInts();
      var y3 = middle1.sub(m1.sub(m2)).reinterpretAsInts();

      long along = to + RESULTS * i * VECTOR_BYTES;
      var even = FIRST_HALVES.selectFrom(y0, y2);
      var odd = FIRST_HALVES.selectFrom(y1, y3);
      FIRST_HALVES.selectFrom(even, odd).intoMemorySegment(target, along, ORDER);
      SECOND_HALVES.selectFrom(even, odd).intoMemorySegment(target, along + VECTOR_BYTES, ORDER);
      even = SECOND_HALVES.selectFrom(y0, y2);
      odd = SECOND_HALVES.selectFrom(y1, y3);
      along += 2 * VECTOR_BYTES;
      FIRST_HALVES.selectFrom(even, odd).intoMemorySegment(target, along, ORDER);
      SECOND_HALVES.selectFrom(even, odd).intoMemorySegment(target, along + VECTOR_BYTES, ORDER);
    }
  }

  @Override
  void factors(
      float first,
      float second,
      float third,
      float fourth,
      MemorySegment target,
      long to,
      long numberBytes) {
    pair(first, second, target, to, numberBytes);
    pair(first + third, second + fourth, target, to + 3 * numberBytes, numberBytes);
    pair(third, fourth, target, to + 6 * numberBytes, numberBytes);
  }

  private static void pair(
      float first, float second, MemorySegment target, long to, long numberBytes) {
    target.set(FLOAT, to, first);
    target.set(FLOAT, to + numberBytes, first + second);
    target.set(FLOAT, to + 2 * numberBytes, second);
  }
}
