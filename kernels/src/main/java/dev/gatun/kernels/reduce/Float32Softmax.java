package dev.gatun.kernels.reduce;

import dev.gatun.kernels.specialize.ExactClass;
import dev.gatun.kernels.specialize.NativeMemory;
import dev.gatun.kernels.specialize.Specialization;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Softmax and its logarithm in float32 vectors: along rows without gaps, or along columns that lie
 * side by side. A {@linkplain Specialization template}; its constants are whether to take the
 * logarithm, the shape of vectors, and the kernel for other layouts.
 */
final class Float32Softmax extends FibreKernel {
  private static final boolean LOG =
      Specialization.constant(MethodHandles.lookup(), Boolean.class, 0);
  private static final VectorSpecies<Float> SPECIES =
      Specialization.constant(MethodHandles.lookup(), VectorShape.class, 1).withLanes(float.class);
  private static final FibreKernel OTHER_LAYOUTS =
      Specialization.constant(MethodHandles.lookup(), FibreKernel.class, 2);

  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final int LANES = SPECIES.length();
  private static final int BLOCK = 4096;
  private static final int COLUMN_BLOCK = 64;
  private static final float LOWEST = Float.NEGATIVE_INFINITY;

  Float32Softmax() {}

  @Override
  void run(Fibres fibres, long out, long first, long second, long count) {
    if (fibres.alongIs(Float.BYTES) && fibres.length <= Integer.MAX_VALUE) {
      int length = (int) fibres.length;
      for (long i = 0; i < count; i++) {
        long from = first + i * fibres.firstNext;
        long to = out + i * fibres.outNext;
        if (length <= LANES) {
          shortRow(fibres.out, to, fibres.first, from, length);
        } else {
          row(fibres.out, to, fibres.first, from, length);
        }
      }
    } else if (fibres.nextIs(Float.BYTES) && fibres.length <= Integer.MAX_VALUE) {
      for (long i = 0; i < count; i += LANES) {
        int width = (int) Math.min(LANES, count - i);
        columns(fibres, out + i * Float.BYTES, first + i * Float.BYTES, width);
      }
    } else {
      OTHER_LAYOUTS.run(fibres, out, first, second, count);
    }
  }

  private static void shortRow(
      MemorySegment out, long outOffset, MemorySegment in, long offset, int length) {
    out = NativeMemory.of(out);
    in = NativeMemory.of(in);
    var mask = VectorMask.fromLong(SPECIES, (1L << length) - 1);
    var x =
        FloatVector.broadcast(SPECIES, LOWEST)
            .blend(FloatVector.fromMemorySegment(SPECIES, in, offset, ORDER, mask), mask);
    float largest = x.reduceLanes(VectorOperators.MAX);
    var shifted = x.sub(largest);
    var exponentials = Exponential.of(shifted);
    float sum = LaneSums.sum(exponentials);
    var result = LOG ? shifted.sub((float) Math.log(sum)) : exponentials.div(sum);
    result.intoMemorySegment(out, outOffset, ORDER, mask);
  }

  private static void row(
      MemorySegment out, long outOffset, MemorySegment in, long offset, int length) {
    float largest = largest(in, offset, length);
    int whole = length - length % LANES;
    double sum = 0;
    for (int block = 0; block < whole; block += BLOCK) {
      int size = Math.min(BLOCK, whole - block);
      long along = (long) block * Float.BYTES;
      sum +=
          LOG
              ? sumOfExponentials(in, offset + along, size, largest)
              : exponentials(out, outOffset + along, in, offset + along, size, largest);
    }
    if (whole < length) {
      long along = (long) whole * Float.BYTES;
      int rest = length - whole;
      sum +=
          LOG
              ? lastSumOfExponentials(in, offset + along, rest, largest)
              : lastExponentials(out, outOffset + along, in, offset + along, rest, largest);
    }
    if (LOG) {
      shift(out, outOffset, in, offset, length, largest, (float) Math.log(sum));
    } else {
      scale(out, outOffset, length, (float) (1 / sum));
    }
  }

  /** Finds the largest element; NaN is passed over, the exponentials will show it. */
  private static float largest(MemorySegment in, long offset, int length) {
    in = NativeMemory.of(in);
    var largest0 = FloatVector.broadcast(SPECIES, LOWEST);
    var largest1 = FloatVector.broadcast(SPECIES, LOWEST);
    int i = 0;
    for (; i <= length - 2 * LANES; i += 2 * LANES) {
      long at = offset + (long) i * Float.BYTES;
      var x0 = FloatVector.fromMemorySegment(SPECIES, in, at, ORDER);
      var x1 = FloatVector.fromMemorySegment(SPECIES, in, at + LANES * Float.BYTES, ORDER);
      largest0 = largest0.blend(x0, x0.compare(VectorOperators.GT, largest0));
      largest1 = largest1.blend(x1, x1.compare(VectorOperators.GT, largest1));
    }
    for (; i <= length - LANES; i += LANES) {
      long at = offset + (long) i * Float.BYTES;
      var x = FloatVector.fromMemorySegment(SPECIES, in, at, ORDER);
      largest0 = largest0.blend(x, x.compare(VectorOperators.GT, largest0));
    }
    if (i < length) {
      long at = offset + (long) i * Float.BYTES;
      var mask = SPECIES.indexInRange(i, length);
      var x = FloatVector.fromMemorySegment(SPECIES, in, at, ORDER, mask);
      largest1 = largest1.blend(x, x.compare(VectorOperators.GT, largest1).and(mask));
    }
    return largest0.max(largest1).reduceLanes(VectorOperators.MAX);
  }

  /** Computes whole vectors. */
  private static float exponentials(
      MemorySegment out, long outOffset, MemorySegment in, long offset, int length, float shift) {
    out = NativeMemory.of(out);
    in = NativeMemory.of(in);
    var shifts = FloatVector.broadcast(SPECIES, shift);
    var sum = FloatVector.zero(SPECIES);
    for (int i = 0; i < length; i += LANES) {
      long at = (long) i * Float.BYTES;
      var x = FloatVector.fromMemorySegment(SPECIES, in, offset + at, ORDER);
      var y = Exponential.of(x.sub(shifts));
      y.intoMemorySegment(out, outOffset + at, ORDER);
      sum = y.add(sum);
    }
    return LaneSums.sum(sum);
  }

  /**
   * Apart from the loops, since code with two copies of the exponential grows too large to inline.
   */
  private static float lastExponentials(
      MemorySegment out, long outOffset, MemorySegment in, long offset, int length, float shift) {
    out = NativeMemory.of(out);
    in = NativeMemory.of(in);
    var mask = VectorMask.fromLong(SPECIES, (1L << length) - 1);
    var x = FloatVector.fromMemorySegment(SPECIES, in, offset, ORDER, mask);
    var y = Exponential.of(x.sub(shift));
    y.intoMemorySegment(out, outOffset, ORDER, mask);
    return LaneSums.sum(FloatVector.zero(SPECIES).blend(y, mask));
  }

  /** Computes whole vectors. */
  private static float sumOfExponentials(MemorySegment in, long offset, int length, float shift) {
    in = NativeMemory.of(in);
    var shifts = FloatVector.broadcast(SPECIES, shift);
    var sum = FloatVector.zero(SPECIES);
    for (int i = 0; i < length; i += LANES) {
      var x = FloatVector.fromMemorySegment(SPECIES, in, offset + (long) i * Float.BYTES, ORDER);
      sum = Exponential.of(x.sub(shifts)).add(sum);
    }
    return LaneSums.sum(sum);
  }

  private static float lastSumOfExponentials(
      MemorySegment in, long offset, int length, float shift) {
    in = NativeMemory.of(in);
    var mask = VectorMask.fromLong(SPECIES, (1L << length) - 1);
    var x = FloatVector.fromMemorySegment(SPECIES, in, offset, ORDER, mask);
    var y = Exponential.of(x.sub(shift));
    return LaneSums.sum(FloatVector.zero(SPECIES).blend(y, mask));
  }

  private static void scale(MemorySegment out, long outOffset, int length, float factor) {
    out = NativeMemory.of(out);
    int i = 0;
    for (; i <= length - LANES; i += LANES) {
      long at = outOffset + (long) i * Float.BYTES;
      FloatVector.fromMemorySegment(SPECIES, out, at, ORDER)
          .mul(factor)
          .intoMemorySegment(out, at, ORDER);
    }
    if (i < length) {
      long at = outOffset + (long) i * Float.BYTES;
      var mask = SPECIES.indexInRange(i, length);
      FloatVector.fromMemorySegment(SPECIES, out, at, ORDER, mask)
          .mul(factor)
          .intoMemorySegment(out, at, ORDER, mask);
    }
  }

  private static void shift(
      MemorySegment out,
      long outOffset,
      MemorySegment in,
      long offset,
      int length,
      float largest,
      float log) {
    out = NativeMemory.of(out);
    in = NativeMemory.of(in);
    int i = 0;
    for (; i <= length - LANES; i += LANES) {
      long at = (long) i * Float.BYTES;
      FloatVector.fromMemorySegment(SPECIES, in, offset + at, ORDER)
          .sub(largest)
          .sub(log)
          .intoMemorySegment(out, outOffset + at, ORDER);
    }
    if (i < length) {
      long at = (long) i * Float.BYTES;
      var mask = SPECIES.indexInRange(i, length);
      FloatVector.fromMemorySegment(SPECIES, in, offset + at, ORDER, mask)
          .sub(largest)
          .sub(log)
          .intoMemorySegment(out, outOffset + at, ORDER, mask);
    }
  }

  private static void columns(Fibres fibres, long outOffset, long offset, int width) {
    var scratch = ColumnScratch.ofThread();
    int length = (int) fibres.length;
    findLargest(fibres, offset, width, scratch.largest);
    Arrays.fill(scratch.sums, 0);
    for (int block = 0; block < length; block += COLUMN_BLOCK) {
      int rows = Math.min(COLUMN_BLOCK, length - block);
      long from = offset + block * fibres.firstAlong;
      if (LOG) {
        addExponentials(fibres, from, rows, width, scratch.largest, scratch.sums);
      } else {
        long to = outOffset + block * fibres.outAlong;
        storeExponentials(fibres, to, from, rows, width, scratch.largest, scratch.sums);
      }
    }
    if (LOG) {
      shiftColumns(fibres, outOffset, offset, width, scratch.largest, scratch.sums);
    } else {
      divideColumns(fibres, outOffset, width, scratch.sums);
    }
  }

  private static void findLargest(Fibres fibres, long offset, int width, float[] result) {
    var in = NativeMemory.of(fibres.first);
    long stride = fibres.firstAlong;
    int length = (int) fibres.length;
    var mask = SPECIES.indexInRange(0, width);
    var largest = FloatVector.broadcast(SPECIES, LOWEST);
    for (int row = 0; row < length; row++) {
      var x = FloatVector.fromMemorySegment(SPECIES, in, offset + row * stride, ORDER, mask);
      largest = largest.blend(x, x.compare(VectorOperators.GT, largest));
    }
    ExactClass.of(SPECIES, largest).intoArray(result, 0);
  }

  private static void addExponentials(
      Fibres fibres, long offset, int rows, int width, float[] largest, float[] sums) {
    var in = NativeMemory.of(fibres.first);
    long stride = fibres.firstAlong;
    var mask = SPECIES.indexInRange(0, width);
    var shift = FloatVector.fromArray(SPECIES, largest, 0);
    var sum = FloatVector.zero(SPECIES);
    for (int row = 0; row < rows; row++) {
      var x = FloatVector.fromMemorySegment(SPECIES, in, offset + row * stride, ORDER, mask);
      sum = Exponential.of(x.sub(shift)).add(sum);
    }
    FloatVector.fromArray(SPECIES, sums, 0).add(sum).intoArray(sums, 0);
  }

  private static void storeExponentials(
      Fibres fibres,
      long outOffset,
      long offset,
      int rows,
      int width,
      float[] largest,
      float[] sums) {
    var in = NativeMemory.of(fibres.first);
    var out = NativeMemory.of(fibres.out);
    long inStride = fibres.firstAlong;
    long outStride = fibres.outAlong;
    var mask = SPECIES.indexInRange(0, width);
    var shift = FloatVector.fromArray(SPECIES, largest, 0);
    var sum = FloatVector.zero(SPECIES);
    for (int row = 0; row < rows; row++) {
      var x = FloatVector.fromMemorySegment(SPECIES, in, offset + row * inStride, ORDER, mask);
      var y = Exponential.of(x.sub(shift));
      sum = y.add(sum);
      y.intoMemorySegment(out, outOffset + row * outStride, ORDER, mask);
    }
    FloatVector.fromArray(SPECIES, sums, 0).add(sum).intoArray(sums, 0);
  }

  private static void shiftColumns(
      Fibres fibres, long outOffset, long offset, int width, float[] largest, float[] sums) {
    var in = NativeMemory.of(fibres.first);
    var out = NativeMemory.of(fibres.out);
    long inStride = fibres.firstAlong;
    long outStride = fibres.outAlong;
    int length = (int) fibres.length;
    var mask = SPECIES.indexInRange(0, width);
    var shift = FloatVector.fromArray(SPECIES, largest, 0);
    var log = Logarithm.of(FloatVector.fromArray(SPECIES, sums, 0));
    for (int row = 0; row < length; row++) {
      FloatVector.fromMemorySegment(SPECIES, in, offset + row * inStride, ORDER, mask)
          .sub(shift)
          .sub(log)
          .intoMemorySegment(out, outOffset + row * outStride, ORDER, mask);
    }
  }

  private static void divideColumns(Fibres fibres, long offset, int width, float[] sums) {
    var out = NativeMemory.of(fibres.out);
    long stride = fibres.outAlong;
    int length = (int) fibres.length;
    var mask = SPECIES.indexInRange(0, width);
    var sum = FloatVector.fromArray(SPECIES, sums, 0);
    for (int row = 0; row < length; row++) {
      FloatVector.fromMemorySegment(SPECIES, out, offset + row * stride, ORDER, mask)
          .div(sum)
          .intoMemorySegment(out, offset + row * stride, ORDER, mask);
    }
  }
}
