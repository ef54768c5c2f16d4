package dev.gatun.kernels.pooling;

import dev.gatun.kernels.specialize.ExactClass;
import dev.gatun.kernels.specialize.Inlined;
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
 * Windows of float32 with vectors. Where a row does not fill its last vector, that one ends with
 * the row and does some elements twice. A {@linkplain Specialization template}; its constants are
 * the shape of vectors and whether elements are combined by maximum instead of by sum.
 */
final class Float32WindowRows extends WindowRows {
  private static final VectorSpecies<Float> SPECIES =
      Specialization.constant(MethodHandles.lookup(), VectorShape.class, 0).withLanes(float.class);
  private static final VectorSpecies<Integer> INTEGERS =
      Specialization.constant(MethodHandles.lookup(), VectorShape.class, 0).withLanes(int.class);
  private static final boolean MAXIMUM =
      Specialization.constant(MethodHandles.lookup(), Boolean.class, 1);
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final int LANES = SPECIES.length();
  private static final long VECTOR_BYTES = (long) LANES * Float.BYTES;

  /** Selects elements 0, 2, 4, ... of two vectors. */
  private static final IntVector EVEN = IntVector.zero(INTEGERS).addIndex(2);

  Float32WindowRows() {}

  private static float combine(float a, float b) {
    return MAXIMUM ? Math.max(a, b) : a + b;
  }

  /** Takes what has just been loaded first: its class is known to the compiler for certain. */
  @Inlined
  static FloatVector combine(FloatVector next, FloatVector result) {
    return MAXIMUM ? next.max(result) : next.add(result);
  }

  @Override
  void down(
      int count,
      int rows,
      MemorySegment source,
      long from,
      long rowBytes,
      MemorySegment target,
      long to) {
    source = NativeMemory.of(source);
    target = NativeMemory.of(target);
    if (count < LANES) {
      for (int i = 0; i < count; i++) {
        long at = from + (long) i * Float.BYTES;
        float result = source.get(FLOAT, at);
        for (int row = 1; row < rows; row++) {
          result = combine(result, source.get(FLOAT, at + row * rowBytes));
        }
        target.set(FLOAT, to + (long) i * Float.BYTES, result);
      }
      return;
    }
    int vectors = (count + LANES - 1) / LANES;
    for (int vector = 0; vector < vectors; vector++) {
      long along = (long) Math.min(vector * LANES, count - LANES) * Float.BYTES;
      var result = FloatVector.fromMemorySegment(SPECIES, source, from + along, ORDER);
      for (int row = 1; row < rows; row++) {
        long at = from + along + row * rowBytes;
        var next = FloatVector.fromMemorySegment(SPECIES, source, at, ORDER);
        result = combine(next, result);
      }
      ExactClass.of(SPECIES, result).intoMemorySegment(target, to + along, ORDER);
    }
  }

  @Override
  void along(
      int count,
      int taps,
      int dilation,
      int stride,
      MemorySegment source,
      long from,
      MemorySegment target,
      long to) {
    if (stride == 1) {
      down(count, taps, source, from, (long) dilation * Float.BYTES, target, to);
      return;
    }
    source = NativeMemory.of(source);
    target = NativeMemory.of(target);
    if (count < LANES || stride > 2) {
      for (int i = 0; i < count; i++) {
        long at = from + (long) i * stride * Float.BYTES;
        float result = source.get(FLOAT, at);
        for (int tap = 1; tap < taps; tap++) {
          result = combine(result, source.get(FLOAT, at + (long) tap * dilation * Float.BYTES));
        }
        target.set(FLOAT, to + (long) i * Float.BYTES, result);
      }
      return;
    }
    int vectors = (count + LANES - 1) / LANES;
    for (int vector = 0; vector < vectors; vector++) {
      long along = (long) Math.min(vector * LANES, count - LANES) * Float.BYTES;
      var result = loadEven(source, from + 2 * along);
      for (int tap = 1; tap < taps; tap++) {
        var next = loadEven(source, from + 2 * along + (long) tap * dilation * Float.BYTES);
        result = combine(next, result);
      }
      ExactClass.of(SPECIES, result).intoMemorySegment(target, to + along, ORDER);
    }
  }

  private static FloatVector loadEven(MemorySegment source, long at) {
    var first = IntVector.fromMemorySegment(INTEGERS, source, at, ORDER);
    var second = IntVector.fromMemorySegment(INTEGERS, source, at + VECTOR_BYTES, ORDER);
    return EVEN.selectFrom(first, second).reinterpretAsFloats();
  }

  @Override
  void divide(int count, MemorySegment row, long at, MemorySegment divisors, float factor) {
    row = NativeMemory.of(row);
    divisors = NativeMemory.of(divisors);
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      long along = (long) i * Float.BYTES;
      FloatVector.fromMemorySegment(SPECIES, row, at + along, ORDER)
          .div(FloatVector.fromMemorySegment(SPECIES, divisors, along, ORDER).mul(factor))
          .intoMemorySegment(row, at + along, ORDER);
    }
    for (; i < count; i++) {
      long along = (long) i * Float.BYTES;
      float divisor = divisors.get(FLOAT, along) * factor;
      row.set(FLOAT, at + along, row.get(FLOAT, at + along) / divisor);
    }
  }
}
