package dev.gatun.kernels.reduce;

import dev.gatun.kernels.specialize.ExactClass;
import dev.gatun.kernels.specialize.NativeMemory;
import dev.gatun.kernels.specialize.Specialization;
import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Exponentials along float32 rows in float32 vectors. A {@linkplain Specialization template}; its
 * constant is the shape of vectors.
 */
final class Float32RowExponentials extends RowExponentials {
  private static final VectorSpecies<Float> SPECIES =
      Specialization.constant(MethodHandles.lookup(), VectorShape.class, 0).withLanes(float.class);

  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final int LANES = SPECIES.length();
  private static final int WIDTH = LANES * Float.BYTES;

  /** Sums over longer runs are divided, which bounds the error. */
  private static final int BLOCK = 4096;

  Float32RowExponentials() {
    super(DType.FLOAT32);
  }

  @Override
  double largest(MemorySegment in, long offset, int length) {
    in = NativeMemory.of(in);
    var largest0 = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
    var largest1 = largest0;
    var largest2 = largest0;
    var largest3 = largest0;
    int i = 0;
    for (; i <= length - 4 * LANES; i += 4 * LANES) {
      long at = offset + (long) i * Float.BYTES;
      var x0 = FloatVector.fromMemorySegment(SPECIES, in, at, ORDER);
      var x1 = FloatVector.fromMemorySegment(SPECIES, in, at + WIDTH, ORDER);
      var x2 = FloatVector.fromMemorySegment(SPECIES, in, at + 2 * WIDTH, ORDER);
      var x3 = FloatVector.fromMemorySegment(SPECIES, in, at + 3 * WIDTH, ORDER);
      largest0 = largest0.blend(x0, x0.compare(VectorOperators.GT, largest0));
      largest1 = largest1.blend(x1, x1.compare(VectorOperators.GT, largest1));
      largest2 = largest2.blend(x2, x2.compare(VectorOperators.GT, largest2));
      largest3 = largest3.blend(x3, x3.compare(VectorOperators.GT, largest3));
    }
    for (; i < length; i += LANES) {
      var mask = SPECIES.indexInRange(i, length);
      long at = offset + (long) i * Float.BYTES;
      var x = FloatVector.fromMemorySegment(SPECIES, in, at, ORDER, mask);
      largest0 = largest0.blend(x, x.compare(VectorOperators.GT, largest0).and(mask));
    }
    return ExactClass.of(SPECIES, largest0)
        .max(largest1)
        .max(ExactClass.of(SPECIES, largest2).max(largest3))
        .reduceLanes(VectorOperators.MAX);
  }

  @Override
  double sum(MemorySegment in, long offset, int length, double shift) {
    int whole = length - length % LANES;
    double sum = 0;
    for (int block = 0; block < whole; block += BLOCK) {
      int size = Math.min(BLOCK, whole - block);
      sum += blockSum(in, offset + (long) block * Float.BYTES, size, (float) shift);
    }
    if (whole < length) {
      sum += lastSum(in, offset + (long) whole * Float.BYTES, length - whole, (float) shift);
    }
    return sum;
  }

  /** Sums whole vectors. */
  private static float blockSum(MemorySegment in, long offset, int length, float shift) {
    in = NativeMemory.of(in);
    var shifts = FloatVector.broadcast(SPECIES, shift);
    var sum = FloatVector.zero(SPECIES);
    for (int i = 0; i < length; i += LANES) {
      var x = FloatVector.fromMemorySegment(SPECIES, in, offset + (long) i * Float.BYTES, ORDER);
      sum = Exponential.of(x.sub(shifts)).add(sum);
    }
    return LaneSums.sum(ExactClass.of(SPECIES, sum));
  }

  /**
   * Sums less than a vector. By itself: two exponentials beside a sum that a loop hands on are too
   * much for the compiler at once.
   */
  private static float lastSum(MemorySegment in, long offset, int count, float shift) {
    in = NativeMemory.of(in);
    var mask = SPECIES.indexInRange(0, count);
    var x = FloatVector.fromMemorySegment(SPECIES, in, offset, ORDER, mask);
    return LaneSums.sum(FloatVector.zero(SPECIES).blend(Exponential.of(x.sub(shift)), mask));
  }

  @Override
  double shiftedSum(MemorySegment in, long offset, int length, double shift) {
    double sum = 0;
    for (int block = 0; block < length; block += BLOCK) {
      int size = Math.min(BLOCK, length - block);
      sum += blockShiftedSum(in, offset + (long) block * Float.BYTES, size, (float) shift);
    }
    return sum;
  }

  private static float blockShiftedSum(MemorySegment in, long offset, int length, float shift) {
    in = NativeMemory.of(in);
    var shifts = FloatVector.broadcast(SPECIES, shift);
    var sum = FloatVector.zero(SPECIES);
    int i = 0;
    for (; i <= length - LANES; i += LANES) {
      var x = FloatVector.fromMemorySegment(SPECIES, in, offset + (long) i * Float.BYTES, ORDER);
      sum = x.sub(shifts).add(sum);
    }
    if (i < length) {
      var mask = SPECIES.indexInRange(i, length);
      long at = offset + (long) i * Float.BYTES;
      var x = FloatVector.fromMemorySegment(SPECIES, in, at, ORDER, mask);
      sum = FloatVector.zero(SPECIES).blend(x.sub(shifts), mask).add(sum);
    }
    return LaneSums.sum(ExactClass.of(SPECIES, sum));
  }

  @Override
  double shiftedSum(
      MemorySegment in,
      long offset,
      int length,
      double shift,
      MemorySegment weights,
      long weightsOffset) {
    double sum = 0;
    for (int block = 0; block < length; block += BLOCK) {
      int size = Math.min(BLOCK, length - block);
      long along = (long) block * Float.BYTES;
      sum +=
          blockShiftedSum(in, offset + along, size, (float) shift, weights, weightsOffset + along);
    }
    return sum;
  }

  private static float blockShiftedSum(
      MemorySegment in,
      long offset,
      int length,
      float shift,
      MemorySegment weights,
      long weightsOffset) {
    in = NativeMemory.of(in);
    weights = NativeMemory.of(weights);
    var shifts = FloatVector.broadcast(SPECIES, shift);
    var sum = FloatVector.zero(SPECIES);
    int i = 0;
    for (; i <= length - LANES; i += LANES) {
      long along = (long) i * Float.BYTES;
      var x = FloatVector.fromMemorySegment(SPECIES, in, offset + along, ORDER);
      var weight = FloatVector.fromMemorySegment(SPECIES, weights, weightsOffset + along, ORDER);
      sum = x.sub(shifts).fma(weight, sum);
    }
    if (i < length) {
      var mask = SPECIES.indexInRange(i, length);
      long along = (long) i * Float.BYTES;
      var x = FloatVector.fromMemorySegment(SPECIES, in, offset + along, ORDER, mask);
      var weight =
          FloatVector.fromMemorySegment(SPECIES, weights, weightsOffset + along, ORDER, mask);
      sum = FloatVector.zero(SPECIES).blend(x.sub(shifts), mask).fma(weight, sum);
    }
    return LaneSums.sum(ExactClass.of(SPECIES, sum));
  }

  @Override
  void combine(
      MemorySegment out,
      long outOffset,
      MemorySegment in,
      long offset,
      int length,
      double shift,
      double scale,
      double minus) {
    combine(out, outOffset, in, offset, length, (float) shift, (float) scale, (float) minus);
  }

  private static void combine(
      MemorySegment out,
      long outOffset,
      MemorySegment in,
      long offset,
      int length,
      float shift,
      float scale,
      float minus) {
    out = NativeMemory.of(out);
    in = NativeMemory.of(in);
    var shifts = FloatVector.broadcast(SPECIES, shift);
    var scales = FloatVector.broadcast(SPECIES, scale);
    var summands = FloatVector.broadcast(SPECIES, -minus);
    int i = 0;
    for (; i <= length - LANES; i += LANES) {
      long at = (long) i * Float.BYTES;
      var x = FloatVector.fromMemorySegment(SPECIES, in, offset + at, ORDER);
      Exponential.of(x.sub(shifts))
          .fma(scales, summands)
          .intoMemorySegment(out, outOffset + at, ORDER);
    }
    if (i < length) {
      long at = (long) i * Float.BYTES;
      var mask = SPECIES.indexInRange(i, length);
      var x = FloatVector.fromMemorySegment(SPECIES, in, offset + at, ORDER, mask);
      Exponential.of(x.sub(shifts))
          .fma(scales, summands)
          .intoMemorySegment(out, outOffset + at, ORDER, mask);
    }
  }

  @Override
  double write(
      MemorySegment out, long outOffset, MemorySegment in, long offset, int length, double shift) {
    int whole = length - length % LANES;
    double sum = 0;
    for (int block = 0; block < whole; block += BLOCK) {
      int size = Math.min(BLOCK, whole - block);
      long along = (long) block * Float.BYTES;
      sum += writeBlock(out, outOffset + along, in, offset + along, size, (float) shift);
    }
    if (whole < length) {
      long along = (long) whole * Float.BYTES;
      int rest = length - whole;
      sum += writeLast(out, outOffset + along, in, offset + along, rest, (float) shift);
    }
    return sum;
  }

  /** Writes whole vectors. */
  private static float writeBlock(
      MemorySegment out, long outOffset, MemorySegment in, long offset, int length, float shift) {
    out = NativeMemory.of(out);
    in = NativeMemory.of(in);
    var shifts = FloatVector.broadcast(SPECIES, shift);
    var sum = FloatVector.zero(SPECIES);
    for (int i = 0; i < length; i += LANES) {
      long at = (long) i * Float.BYTES;
      var x = FloatVector.fromMemorySegment(SPECIES, in, offset + at, ORDER);
      var y = Exponential.of(x.sub(shifts));
      sum = y.add(sum);
      y.intoMemorySegment(out, outOffset + at, ORDER);
    }
    return LaneSums.sum(ExactClass.of(SPECIES, sum));
  }

  /** Writes less than a vector. */
  private static float writeLast(
      MemorySegment out, long outOffset, MemorySegment in, long offset, int count, float shift) {
    out = NativeMemory.of(out);
    in = NativeMemory.of(in);
    var mask = SPECIES.indexInRange(0, count);
    var y =
        Exponential.of(FloatVector.fromMemorySegment(SPECIES, in, offset, ORDER, mask).sub(shift));
    y.intoMemorySegment(out, outOffset, ORDER, mask);
    return LaneSums.sum(FloatVector.zero(SPECIES).blend(y, mask));
  }

  @Override
  void scale(MemorySegment out, long offset, int length, double factor) {
    out = NativeMemory.of(out);
    var factors = FloatVector.broadcast(SPECIES, (float) factor);
    int i = 0;
    for (; i <= length - LANES; i += LANES) {
      long at = offset + (long) i * Float.BYTES;
      FloatVector.fromMemorySegment(SPECIES, out, at, ORDER)
          .mul(factors)
          .intoMemorySegment(out, at, ORDER);
    }
    if (i < length) {
      long at = offset + (long) i * Float.BYTES;
      var mask = SPECIES.indexInRange(i, length);
      FloatVector.fromMemorySegment(SPECIES, out, at, ORDER, mask)
          .mul(factors)
          .intoMemorySegment(out, at, ORDER, mask);
    }
  }

  @Override
  void add(MemorySegment out, long offset, MemorySegment in, long inOffset, int length) {
    out = NativeMemory.of(out);
    in = NativeMemory.of(in);
    int i = 0;
    for (; i <= length - LANES; i += LANES) {
      long at = (long) i * Float.BYTES;
      FloatVector.fromMemorySegment(SPECIES, out, offset + at, ORDER)
          .add(FloatVector.fromMemorySegment(SPECIES, in, inOffset + at, ORDER))
          .intoMemorySegment(out, offset + at, ORDER);
    }
    if (i < length) {
      long at = (long) i * Float.BYTES;
      var mask = SPECIES.indexInRange(i, length);
      FloatVector.fromMemorySegment(SPECIES, out, offset + at, ORDER, mask)
          .add(FloatVector.fromMemorySegment(SPECIES, in, inOffset + at, ORDER, mask))
          .intoMemorySegment(out, offset + at, ORDER, mask);
    }
  }
}
