package dev.gatun.kernels.reduce;

import dev.gatun.kernels.specialize.ExactClass;
import dev.gatun.kernels.specialize.NativeMemory;
import dev.gatun.kernels.specialize.Specialization;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Softmax and its logarithm in float64 vectors: along rows without gaps, or along columns that lie
 * side by side. A {@linkplain Specialization template}; its constants are whether to take the
 * logarithm, the shape of vectors, and the kernel for other layouts.
 */
final class Float64Softmax extends FibreKernel {
  private static final boolean LOG =
      Specialization.constant(MethodHandles.lookup(), Boolean.class, 0);
  private static final VectorSpecies<Double> SPECIES =
      Specialization.constant(MethodHandles.lookup(), VectorShape.class, 1).withLanes(double.class);
  private static final FibreKernel OTHER_LAYOUTS =
      Specialization.constant(MethodHandles.lookup(), FibreKernel.class, 2);

  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final int LANES = SPECIES.length();
  private static final int BLOCK = 4096;
  private static final int COLUMN_BLOCK = 64;
  private static final double LOWEST = Double.NEGATIVE_INFINITY;

  Float64Softmax() {}

  @Override
  void run(Fibres fibres, long out, long first, long second, long count) {
    if (fibres.alongIs(Double.BYTES) && fibres.length <= Integer.MAX_VALUE) {
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
    } else if (fibres.nextIs(Double.BYTES) && fibres.length <= Integer.MAX_VALUE) {
      for (long i = 0; i < count; i += LANES) {
        int width = (int) Math.min(LANES, count - i);
        columns(fibres, out + i * Double.BYTES, first + i * Double.BYTES, width);
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
        DoubleVector.broadcast(SPECIES, LOWEST)
            .blend(DoubleVector.fromMemorySegment(SPECIES, in, offset, ORDER, mask), mask);
    double largest = x.reduceLanes(VectorOperators.MAX);
    var shifted = x.sub(largest);
    var exponentials = Exponential.of(shifted);
    double sum = LaneSums.sum(exponentials);
    var result = LOG ? shifted.sub(Math.log(sum)) : exponentials.div(sum);
    result.intoMemorySegment(out, outOffset, ORDER, mask);
  }

  private static void row(
      MemorySegment out, long outOffset, MemorySegment in, long offset, int length) {
    double largest = largest(in, offset, length);
    int whole = length - length % LANES;
    double sum = 0;
    for (int block = 0; block < whole; block += BLOCK) {
      int size = Math.min(BLOCK, whole - block);
      long along = (long) block * Double.BYTES;
      sum +=
          LOG
              ? sumOfExponentials(in, offset + along, size, largest)
              : exponentials(out, outOffset + along, in, offset + along, size, largest);
    }
    if (whole < length) {
      long along = (long) whole * Double.BYTES;
      int rest = length - whole;
      sum +=
          LOG
              ? lastSumOfExponentials(in, offset + along, rest, largest)
              : lastExponentials(out, outOffset + along, in, offset + along, rest, largest);
    }
    if (LOG) {
      shift(out, outOffset, in, offset, length, largest, Math.log(sum));
    } else {
      scale(out, outOffset, length, (1 / sum));
    }
  }

  /** Finds the largest element; NaN is passed over, the exponentials will show it. */
  private static double largest(MemorySegment in, long offset, int length) {
    in = NativeMemory.of(in);
    var largest0 = DoubleVector.broadcast(SPECIES, LOWEST);
    var largest1 = DoubleVector.broadcast(SPECIES, LOWEST);
    int i = 0;
    for (; i <= length - 2 * LANES; i += 2 * LANES) {
      long at = offset + (long) i * Double.BYTES;
      var x0 = DoubleVector.fromMemorySegment(SPECIES, in, at, ORDER);
      var x1 = DoubleVector.fromMemorySegment(SPECIES, in, at + LANES * Double.BYTES, ORDER);
      largest0 = largest0.blend(x0, x0.compare(VectorOperators.GT, largest0));
      largest1 = largest1.blend(x1, x1.compare(VectorOperators.GT, largest1));
    }
    for (; i <= length - LANES; i += LANES) {
      long at = offset + (long) i * Double.BYTES;
      var x = DoubleVector.fromMemorySegment(SPECIES, in, at, ORDER);
      largest0 = largest0.blend(x, x.compare(VectorOperators.GT, largest0));
    }
    if (i < length) {
      long at = offset + (long) i * Double.BYTES;
      var mask = SPECIES.indexInRange(i, length);
      var x = DoubleVector.fromMemorySegment(SPECIES, in, at, ORDER, mask);
      largest1 = largest1.blend(x, x.compare(VectorOperators.GT, largest1).and(mask));
    }
    return largest0.max(largest1).reduceLanes(VectorOperators.MAX);
  }

  /** Computes whole vectors. */
  private static double exponentials(
      MemorySegment out, long outOffset, MemorySegment in, long offset, int length, double shift) {
    out = NativeMemory.of(out);
    in = NativeMemory.of(in);
    var shifts = DoubleVector.broadcast(SPECIES, shift);
    var sum = DoubleVector.zero(SPECIES);
    for (int i = 0; i < length; i += LANES) {
      long at = (long) i * Double.BYTES;
      var x = DoubleVector.fromMemorySegment(SPECIES, in, offset + at, ORDER);
      var y = Exponential.of(x.sub(shifts));
      y.intoMemorySegment(out, outOffset + at, ORDER);
      sum = y.add(sum);
    }
    return LaneSums.sum(sum);
  }

  /**
   * Apart from the loops, since code with two copies of the exponential grows too large to inline.
   */
  private static double lastExponentials(
      MemorySegment out, long outOffset, MemorySegment in, long offset, int length, double shift) {
    out = NativeMemory.of(out);
    in = NativeMemory.of(in);
    var mask = VectorMask.fromLong(SPECIES, (1L << length) - 1);
    var x = DoubleVector.fromMemorySegment(SPECIES, in, offset, ORDER, mask);
    var y = Exponential.of(x.sub(shift));
    y.intoMemorySegment(out, outOffset, ORDER, mask);
    return LaneSums.sum(DoubleVector.zero(SPECIES).blend(y, mask));
  }

  /** Computes whole vectors. */
  private static double sumOfExponentials(MemorySegment in, long offset, int length, double shift) {
    in = NativeMemory.of(in);
    var shifts = DoubleVector.broadcast(SPECIES, shift);
    var sum = DoubleVector.zero(SPECIES);
    for (int i = 0; i < length; i += LANES) {
      var x = DoubleVector.fromMemorySegment(SPECIES, in, offset + (long) i * Double.BYTES, ORDER);
      sum = Exponential.of(x.sub(shifts)).add(sum);
    }
    return LaneSums.sum(sum);
  }

  private static double lastSumOfExponentials(
      MemorySegment in, long offset, int length, double shift) {
    in = NativeMemory.of(in);
    var mask = VectorMask.fromLong(SPECIES, (1L << length) - 1);
    var x = DoubleVector.fromMemorySegment(SPECIES, in, offset, ORDER, mask);
    var y = Exponential.of(x.sub(shift));
    return LaneSums.sum(DoubleVector.zero(SPECIES).blend(y, mask));
  }

  private static void scale(MemorySegment out, long outOffset, int length, double factor) {
    out = NativeMemory.of(out);
    int i = 0;
    for (; i <= length - LANES; i += LANES) {
      long at = outOffset + (long) i * Double.BYTES;
      DoubleVector.fromMemorySegment(SPECIES, out, at, ORDER)
          .mul(factor)
          .intoMemorySegment(out, at, ORDER);
    }
    if (i < length) {
      long at = outOffset + (long) i * Double.BYTES;
      var mask = SPECIES.indexInRange(i, length);
      DoubleVector.fromMemorySegment(SPECIES, out, at, ORDER, mask)
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
      double largest,
      double log) {
    out = NativeMemory.of(out);
    in = NativeMemory.of(in);
    int i = 0;
    for (; i <= length - LANES; i += LANES) {
      long at = (long) i * Double.BYTES;
      DoubleVector.fromMemorySegment(SPECIES, in, offset + at, ORDER)
          .sub(largest)
          .sub(log)
          .intoMemorySegment(out, outOffset + at, ORDER);
    }
    if (i < length) {
      long at = (long) i * Double.BYTES;
      var mask = SPECIES.indexInRange(i, length);
      DoubleVector.fromMemorySegment(SPECIES, in, offset + at, ORDER, mask)
          .sub(largest)
          .sub(log)
          .intoMemorySegment(out, outOffset + at, ORDER, mask);
    }
  }

  private static void columns(Fibres fibres, long outOffset, long offset, int width) {
    var scratch = ColumnScratch.ofThread();
    int length = (int) fibres.length;
    findLargest(fibres, offset, width, scratch.largestDoubles);
    Arrays.fill(scratch.sumsOfDoubles, 0);
    for (int block = 0; block < length; block += COLUMN_BLOCK) {
      int rows = Math.min(COLUMN_BLOCK, length - block);
      long from = offset + block * fibres.firstAlong;
      if (LOG) {
        addExponentials(fibres, from, rows, width, scratch.largestDoubles, scratch.sumsOfDoubles);
      } else {
        long to = outOffset + block * fibres.outAlong;
        storeExponentials(
            fibres, to, from, rows, width, scratch.largestDoubles, scratch.sumsOfDoubles);
      }
    }
    if (LOG) {
      shiftColumns(fibres, outOffset, offset, width, scratch.largestDoubles, scratch.sumsOfDoubles);
    } else {
      divideColumns(fibres, outOffset, width, scratch.sumsOfDoubles);
    }
  }

  private static void findLargest(Fibres fibres, long offset, int width, double[] result) {
    var in = NativeMemory.of(fibres.first);
    long stride = fibres.firstAlong;
    int length = (int) fibres.length;
    var mask = SPECIES.indexInRange(0, width);
    var largest = DoubleVector.broadcast(SPECIES, LOWEST);
    for (int row = 0; row < length; row++) {
      var x = DoubleVector.fromMemorySegment(SPECIES, in, offset + row * stride, ORDER, mask);
      largest = largest.blend(x, x.compare(VectorOperators.GT, largest));
    }
    ExactClass.of(SPECIES, largest).intoArray(result, 0);
  }

  private static void addExponentials(
      Fibres fibres, long offset, int rows, int width, double[] largest, double[] sums) {
    var in = NativeMemory.of(fibres.first);
    long stride = fibres.firstAlong;
    var mask = SPECIES.indexInRange(0, width);
    var shift = DoubleVector.fromArray(SPECIES, largest, 0);
    var sum = DoubleVector.zero(SPECIES);
    for (int row = 0; row < rows; row++) {
      var x = DoubleVector.fromMemorySegment(SPECIES, in, offset + row * stride, ORDER, mask);
      sum = Exponential.of(x.sub(shift)).add(sum);
    }
    DoubleVector.fromArray(SPECIES, sums, 0).add(sum).intoArray(sums, 0);
  }

  private static void storeExponentials(
      Fibres fibres,
      long outOffset,
      long offset,
      int rows,
      int width,
      double[] largest,
      double[] sums) {
    var in = NativeMemory.of(fibres.first);
    var out = NativeMemory.of(fibres.out);
    long inStride = fibres.firstAlong;
    long outStride = fibres.outAlong;
    var mask = SPECIES.indexInRange(0, width);
    var shift = DoubleVector.fromArray(SPECIES, largest, 0);
    var sum = DoubleVector.zero(SPECIES);
    for (int row = 0; row < rows; row++) {
      var x = DoubleVector.fromMemorySegment(SPECIES, in, offset + row * inStride, ORDER, mask);
      var y = Exponential.of(x.sub(shift));
      sum = y.add(sum);
      y.intoMemorySegment(out, outOffset + row * outStride, ORDER, mask);
    }
    DoubleVector.fromArray(SPECIES, sums, 0).add(sum).intoArray(sums, 0);
  }

  private static void shiftColumns(
      Fibres fibres, long outOffset, long offset, int width, double[] largest, double[] sums) {
    var in = NativeMemory.of(fibres.first);
    var out = NativeMemory.of(fibres.out);
    long inStride = fibres.firstAlong;
    long outStride = fibres.outAlong;
    int length = (int) fibres.length;
    var mask = SPECIES.indexInRange(0, width);
    var shift = DoubleVector.fromArray(SPECIES, largest, 0);
    var log = Logarithm.of(DoubleVector.fromArray(SPECIES, sums, 0));
    for (int row = 0; row < length; row++) {
      DoubleVector.fromMemorySegment(SPECIES, in, offset + row * inStride, ORDER, mask)
          .sub(shift)
          .sub(log)
          .intoMemorySegment(out, outOffset + row * outStride, ORDER, mask);
    }
  }

  private static void divideColumns(Fibres fibres, long offset, int width, double[] sums) {
    var out = NativeMemory.of(fibres.out);
    long stride = fibres.outAlong;
    int length = (int) fibres.length;
    var mask = SPECIES.indexInRange(0, width);
    var sum = DoubleVector.fromArray(SPECIES, sums, 0);
    for (int row = 0; row < length; row++) {
      DoubleVector.fromMemorySegment(SPECIES, out, offset + row * stride, ORDER, mask)
          .div(sum)
          .intoMemorySegment(out, offset + row * stride, ORDER, mask);
    }
  }
}
