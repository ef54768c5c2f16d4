package dev.gatun.kernels.convolution;

import dev.gatun.kernels.specialize.NativeMemory;
import dev.gatun.kernels.specialize.Specialization;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The transforms of float32. A {@linkplain Specialization template}; its constant is the shape of
 * vectors.
 */
final class Float32TileTransforms extends TileTransforms {
  private static final VectorSpecies<Float> SPECIES =
      Specialization.constant(MethodHandles.lookup(), VectorShape.class, 0).withLanes(float.class);
  private static final VectorSpecies<Integer> INTEGERS = SPECIES.withLanes(int.class);
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final int LANES = SPECIES.length();
  private static final long VECTOR_BYTES = (long) LANES * Float.BYTES;
  private static final IntVector FIRST_HALVES = LaneSelections.firstHalves(INTEGERS);
  private static final IntVector SECOND_HALVES = LaneSelections.secondHalves(INTEGERS);

  // Every third of three vectors, in two steps.
  private static final IntVector THIRDS_0 = thirds(0);
  private static final IntVector OTHER_THIRDS_0 = otherThirds(0);
  private static final IntVector THIRDS_1 = thirds(1);
  private static final IntVector OTHER_THIRDS_1 = otherThirds(1);
  private static final IntVector THIRDS_2 = thirds(2);
  private static final IntVector OTHER_THIRDS_2 = otherThirds(2);

  /** Selects elements of two vectors of three: {@code start}, and every third behind it. */
  private static IntVector thirds(int start) {
    var positions = IntVector.zero(INTEGERS).addIndex(3).add(start);
    return positions.and(2 * LANES - 1);
  }

  /** Selects what {@link #thirds} has selected, and what it would in the last vector of three. */
  private static IntVector otherThirds(int start) {
    var counted = IntVector.zero(INTEGERS).addIndex(1);
    var positions = counted.mul(3).add(start);
    return counted.blend(positions.sub(LANES), positions.compare(VectorOperators.GE, 2 * LANES));
  }

  Float32TileTransforms() {}

  @Override
  void image(
      int vectors,
      MemorySegment planes,
      long from,
      long phaseBytes,
      long rowBytes,
      MemorySegment target,
      long to,
      long numberBytes) {
    planes = NativeMemory.of(planes);
    target = NativeMemory.of(target);
    for (int i = 0; i < vectors; i++) {
      long row0 = from + i * VECTOR_BYTES;
      long row1 = row0 + 2 * phaseBytes;
      long row2 = row0 + rowBytes;
      long row3 = row1 + rowBytes;
      // even column, odd column, next even column, next odd column
      var a0 = FloatVector.fromMemorySegment(SPECIES, planes, row0, ORDER);
      var a1 = FloatVector.fromMemorySegment(SPECIES, planes, row0 + phaseBytes, ORDER);
      var a2 = FloatVector.fromMemorySegment(SPECIES, planes, row0 + 4, ORDER);
      var a3 = FloatVector.fromMemorySegment(SPECIES, planes, row0 + phaseBytes + 4, ORDER);
      var b0 = FloatVector.fromMemorySegment(SPECIES, planes, row1, ORDER);
      var b1 = FloatVector.fromMemorySegment(SPECIES, planes, row1 + phaseBytes, ORDER);
      var b2 = FloatVector.fromMemorySegment(SPECIES, planes, row1 + 4, ORDER);
      var b3 = FloatVector.fromMemorySegment(SPECIES, planes, row1 + phaseBytes + 4, ORDER);
      var c0 = FloatVector.fromMemorySegment(SPECIES, planes, row2, ORDER);
      var c1 = FloatVector.fromMemorySegment(SPECIES, planes, row2 + phaseBytes, ORDER);
      var c2 = FloatVector.fromMemorySegment(SPECIES, planes, row2 + 4, ORDER);
      var c3 = FloatVector.fromMemorySegment(SPECIES, planes, row2 + phaseBytes + 4, ORDER);
      var d0 = FloatVector.fromMemorySegment(SPECIES, planes, row3, ORDER);
      var d1 = FloatVector.fromMemorySegment(SPECIES, planes, row3 + phaseBytes, ORDER);
      var d2 = FloatVector.fromMemorySegment(SPECIES, planes, row3 + 4, ORDER);
      var d3 = FloatVector.fromMemorySegment(SPECIES, planes, row3 + phaseBytes + 4, ORDER);

      long at = to + i * VECTOR_BYTES;
      var e0 = a0.sub(c0);
      var e1 = a1.sub(c1);
      var e2 = a2.sub(c2);
      var e3 = a3.sub(c3);
      e0.sub(e2).intoMemorySegment(target, at, ORDER);
      e1.add(e2).intoMemorySegment(target, at + numberBytes, ORDER);
      e2.sub(e1).intoMemorySegment(target, at + 2 * numberBytes, ORDER);
      e1.sub(e3).intoMemorySegment(target, at + 3 * numberBytes, ORDER);
      at += 4 * numberBytes;
      e0 = b0.add(c0);
      e1 = b1.add(c1);
      e2 = b2.add(c2);
      e3 = b3.add(c3);
      e0.sub(e2).intoMemorySegment(target, at, ORDER);
      e1.add(e2).intoMemorySegment(target, at + numberBytes, ORDER);
      e2.sub(e1).intoMemorySegment(target, at + 2 * numberBytes, ORDER);
      e1.sub(e3).intoMemorySegment(target, at + 3 * numberBytes, ORDER);
      at += 4 * numberBytes;
      e0 = c0.sub(b0);
      e1 = c1.sub(b1);
      e2 = c2.sub(b2);
      e3 = c3.sub(b3);
      e0.sub(e2).intoMemorySegment(target, at, ORDER);
      e1.add(e2).intoMemorySegment(target, at + numberBytes, ORDER);
      e2.sub(e1).intoMemorySegment(target, at + 2 * numberBytes, ORDER);
      e1.sub(e3).intoMemorySegment(target, at + 3 * numberBytes, ORDER);
      at += 4 * numberBytes;
      e0 = b0.sub(d0);
      e1 = b1.sub(d1);
      e2 = b2.sub(d2);
      e3 = b3.sub(d3);
      e0.sub(e2).intoMemorySegment(target, at, ORDER);
      e1.add(e2).intoMemorySegment(target, at + numberBytes, ORDER);
      e2.sub(e1).intoMemorySegment(target, at + 2 * numberBytes, ORDER);
      e1.sub(e3).intoMemorySegment(target, at + 3 * numberBytes, ORDER);
    }
  }

  @Override
  void results(
      int vectors,
      MemorySegment products,
      long from,
      long numberBytes,
      MemorySegment target,
      long upper,
      long lower) {
    products = NativeMemory.of(products);
    target = NativeMemory.of(target);
    for (int i = 0; i < vectors; i++) {
      long at = from + i * VECTOR_BYTES;
      var m0 = FloatVector.fromMemorySegment(SPECIES, products, at, ORDER);
      var m1 = FloatVector.fromMemorySegment(SPECIES, products, at + numberBytes, ORDER);
      var m2 = FloatVector.fromMemorySegment(SPECIES, products, at + 2 * numberBytes, ORDER);
      var m3 = FloatVector.fromMemorySegment(SPECIES, products, at + 3 * numberBytes, ORDER);
      at += 4 * numberBytes;
      var left0 = m0.add(m1).add(m2);
      var right0 = m1.sub(m2).sub(m3);
      m0 = FloatVector.fromMemorySegment(SPECIES, products, at, ORDER);
      m1 = FloatVector.fromMemorySegment(SPECIES, products, at + numberBytes, ORDER);
      m2 = FloatVector.fromMemorySegment(SPECIES, products, at + 2 * numberBytes, ORDER);
      m3 = FloatVector.fromMemorySegment(SPECIES, products, at + 3 * numberBytes, ORDER);
      at += 4 * numberBytes;
      var left1 = m0.add(m1).add(m2);
      var right1 = m1.sub(m2).sub(m3);
      m0 = FloatVector.fromMemorySegment(SPECIES, products, at, ORDER);
      m1 = FloatVector.fromMemorySegment(SPECIES, products, at + numberBytes, ORDER);
      m2 = FloatVector.fromMemorySegment(SPECIES, products, at + 2 * numberBytes, ORDER);
      m3 = FloatVector.fromMemorySegment(SPECIES, products, at + 3 * numberBytes, ORDER);
      at += 4 * numberBytes;
      var left2 = m0.add(m1).add(m2);
      var right2 = m1.sub(m2).sub(m3);
      m0 = FloatVector.fromMemorySegment(SPECIES, products, at, ORDER);
      m1 = FloatVector.fromMemorySegment(SPECIES, products, at + numberBytes, ORDER);
      m2 = FloatVector.fromMemorySegment(SPECIES, products, at + 2 * numberBytes, ORDER);
      m3 = FloatVector.fromMemorySegment(SPECIES, products, at + 3 * numberBytes, ORDER);
      var left3 = m0.add(m1).add(m2);
      var right3 = m1.sub(m2).sub(m3);

      var left = left0.add(left1).add(left2).reinterpretAsInts();
      var right = right0.add(right1).add(right2).reinterpretAsInts();
      long along = 2 * i * VECTOR_BYTES;
      FIRST_HALVES.selectFrom(left, right).intoMemorySegment(target, upper + along, ORDER);
      SECOND_HALVES
          .selectFrom(left, right)
          .intoMemorySegment(target, upper + along + VECTOR_BYTES, ORDER);
      left = left1.sub(left2).sub(left3).reinterpretAsInts();
      right = right1.sub(right2).sub(right3).reinterpretAsInts();
      FIRST_HALVES.selectFrom(left, right).intoMemorySegment(target, lower + along, ORDER);
      SECOND_HALVES
          .selectFrom(left, right)
          .intoMemorySegment(target, lower + along + VECTOR_BYTES, ORDER);
    }
  }

  @Override
  void factors(
      int channels,
      MemorySegment source,
      long from,
      long channelBytes,
      boolean rowsDescend,
      boolean columnsDescend,
      MemorySegment target,
      long to,
      long numberBytes) {
    int vectors = channelBytes == 9 * Float.BYTES ? channels / LANES : 0;
    for (int vector = 0; vector < vectors; vector++) {
      factorsOfVector(
          source,
          from + 9 * vector * VECTOR_BYTES,
          rowsDescend,
          columnsDescend,
          target,
          to + vector * VECTOR_BYTES,
          numberBytes);
    }
    source = NativeMemory.of(source);
    target = NativeMemory.of(target);
    long row = rowsDescend ? -3 * Float.BYTES : 3 * Float.BYTES;
    long column = columnsDescend ? -Float.BYTES : Float.BYTES;
    long start = from + (rowsDescend ? -2 * row : 0) + (columnsDescend ? -2 * column : 0);
    for (int channel = vectors * LANES; channel < channels; channel++) {
      long at = start + channel * channelBytes;
      // In double, so that each number is rounded once.
      double a0 = source.get(FLOAT, at);
      double b0 = source.get(FLOAT, at + column);
      double c0 = source.get(FLOAT, at + 2 * column);
      double a1 = source.get(FLOAT, at + row);
      double b1 = source.get(FLOAT, at + row + column);
      double c1 = source.get(FLOAT, at + row + 2 * column);
      double a2 = source.get(FLOAT, at + 2 * row);
      double b2 = source.get(FLOAT, at + 2 * row + column);
      double c2 = source.get(FLOAT, at + 2 * row + 2 * column);
      long result = to + (long) channel * Float.BYTES;
      store(target, result, numberBytes, a0, b0, c0);
      store(
          target,
          result + 4 * numberBytes,
          numberBytes,
          0.5 * (a0 + a1 + a2),
          0.5 * (b0 + b1 + b2),
          0.5 * (c0 + c1 + c2));
      store(
          target,
          result + 8 * numberBytes,
          numberBytes,
          0.5 * (a0 - a1 + a2),
          0.5 * (b0 - b1 + b2),
          0.5 * (c0 - c1 + c2));
      store(target, result + 12 * numberBytes, numberBytes, a2, b2, c2);
    }
  }

  /**
   * Transforms the factors of a vector of neighbouring channels. Two rounds of taking every third
   * element sort them by columns and then by rows.
   */
  private static void factorsOfVector(
      MemorySegment source,
      long from,
      boolean rowsDescend,
      boolean columnsDescend,
      MemorySegment target,
      long to,
      long numberBytes) {
    source = NativeMemory.of(source);
    target = NativeMemory.of(target);
    var v0 = IntVector.fromMemorySegment(INTEGERS, source, from, ORDER);
    var v1 = IntVector.fromMemorySegment(INTEGERS, source, from + 1 * VECTOR_BYTES, ORDER);
    var v2 = IntVector.fromMemorySegment(INTEGERS, source, from + 2 * VECTOR_BYTES, ORDER);
    var v3 = IntVector.fromMemorySegment(INTEGERS, source, from + 3 * VECTOR_BYTES, ORDER);
    var v4 = IntVector.fromMemorySegment(INTEGERS, source, from + 4 * VECTOR_BYTES, ORDER);
    var v5 = IntVector.fromMemorySegment(INTEGERS, source, from + 5 * VECTOR_BYTES, ORDER);
    var v6 = IntVector.fromMemorySegment(INTEGERS, source, from + 6 * VECTOR_BYTES, ORDER);
    var v7 = IntVector.fromMemorySegment(INTEGERS, source, from + 7 * VECTOR_BYTES, ORDER);
    var v8 = IntVector.fromMemorySegment(INTEGERS, source, from + 8 * VECTOR_BYTES, ORDER);
    var s00 = OTHER_THIRDS_0.selectFrom(THIRDS_0.selectFrom(v0, v1), v2);
    var s10 = OTHER_THIRDS_1.selectFrom(THIRDS_1.selectFrom(v0, v1), v2);
    var s20 = OTHER_THIRDS_2.selectFrom(THIRDS_2.selectFrom(v0, v1), v2);
    var s01 = OTHER_THIRDS_0.selectFrom(THIRDS_0.selectFrom(v3, v4), v5);
    var s11 = OTHER_THIRDS_1.selectFrom(THIRDS_1.selectFrom(v3, v4), v5);
    var s21 = OTHER_THIRDS_2.selectFrom(THIRDS_2.selectFrom(v3, v4), v5);
    var s02 = OTHER_THIRDS_0.selectFrom(THIRDS_0.selectFrom(v6, v7), v8);
    var s12 = OTHER_THIRDS_1.selectFrom(THIRDS_1.selectFrom(v6, v7), v8);
    var s22 = OTHER_THIRDS_2.selectFrom(THIRDS_2.selectFrom(v6, v7), v8);
    var g00 = OTHER_THIRDS_0.selectFrom(THIRDS_0.selectFrom(s00, s01), s02).reinterpretAsFloats();
    var g10 = OTHER_THIRDS_1.selectFrom(THIRDS_1.selectFrom(s00, s01), s02).reinterpretAsFloats();
    var g20 = OTHER_THIRDS_2.selectFrom(THIRDS_2.selectFrom(s00, s01), s02).reinterpretAsFloats();
    var g01 = OTHER_THIRDS_0.selectFrom(THIRDS_0.selectFrom(s10, s11), s12).reinterpretAsFloats();
    var g11 = OTHER_THIRDS_1.selectFrom(THIRDS_1.selectFrom(s10, s11), s12).reinterpretAsFloats();
    var g21 = OTHER_THIRDS_2.selectFrom(THIRDS_2.selectFrom(s10, s11), s12).reinterpretAsFloats();
    var g02 = OTHER_THIRDS_0.selectFrom(THIRDS_0.selectFrom(s20, s21), s22).reinterpretAsFloats();
    var g12 = OTHER_THIRDS_1.selectFrom(THIRDS_1.selectFrom(s20, s21), s22).reinterpretAsFloats();
    var g22 = OTHER_THIRDS_2.selectFrom(THIRDS_2.selectFrom(s20, s21), s22).reinterpretAsFloats();
    // Factors in the opposite order only have the first number and the last in each other's place.
    long firstRow = to + (rowsDescend ? 12 * numberBytes : 0);
    long lastRow = to + (rowsDescend ? 0 : 12 * numberBytes);
    long first = columnsDescend ? 3 * numberBytes : 0;
    long last = columnsDescend ? 0 : 3 * numberBytes;
    var sum0 = g00.add(g02);
    g00.intoMemorySegment(target, firstRow + first, ORDER);
    sum0.add(g01).mul(0.5f).intoMemorySegment(target, firstRow + numberBytes, ORDER);
    sum0.sub(g01).mul(0.5f).intoMemorySegment(target, firstRow + 2 * numberBytes, ORDER);
    g02.intoMemorySegment(target, firstRow + last, ORDER);
    var outer0 = g00.add(g20);
    var outer1 = g01.add(g21);
    var outer2 = g02.add(g22);
    var upper0 = outer0.add(g10).mul(0.5f);
    var upper1 = outer1.add(g11).mul(0.5f);
    var upper2 = outer2.add(g12).mul(0.5f);
    long at = to + 4 * numberBytes;
    var sum1 = upper0.add(upper2);
    upper0.intoMemorySegment(target, at + first, ORDER);
    sum1.add(upper1).mul(0.5f).intoMemorySegment(target, at + numberBytes, ORDER);
    sum1.sub(upper1).mul(0.5f).intoMemorySegment(target, at + 2 * numberBytes, ORDER);
    upper2.intoMemorySegment(target, at + last, ORDER);
    var lower0 = outer0.sub(g10).mul(0.5f);
    var lower1 = outer1.sub(g11).mul(0.5f);
    var lower2 = outer2.sub(g12).mul(0.5f);
    at += 4 * numberBytes;
    var sum2 = lower0.add(lower2);
    lower0.intoMemorySegment(target, at + first, ORDER);
    sum2.add(lower1).mul(0.5f).intoMemorySegment(target, at + numberBytes, ORDER);
    sum2.sub(lower1).mul(0.5f).intoMemorySegment(target, at + 2 * numberBytes, ORDER);
    lower2.intoMemorySegment(target, at + last, ORDER);
    var sum3 = g20.add(g22);
    g20.intoMemorySegment(target, lastRow + first, ORDER);
    sum3.add(g21).mul(0.5f).intoMemorySegment(target, lastRow + numberBytes, ORDER);
    sum3.sub(g21).mul(0.5f).intoMemorySegment(target, lastRow + 2 * numberBytes, ORDER);
    g22.intoMemorySegment(target, lastRow + last, ORDER);
  }

  private static void store(
      MemorySegment target, long at, long numberBytes, double a, double b, double c) {
    target.set(FLOAT, at, (float) a);
    target.set(FLOAT, at + numberBytes, (float) (0.5 * (a + b + c)));
    target.set(FLOAT, at + 2 * numberBytes, (float) (0.5 * (a - b + c)));
    target.set(FLOAT, at + 3 * numberBytes, (float) c);
  }
}
