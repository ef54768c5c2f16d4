package dev.gatun.kernels.reduce;

import dev.gatun.kernels.specialize.NativeMemory;
import dev.gatun.kernels.specialize.Specialization;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Gradients of softmax and of its logarithm in float32 vectors: along rows without gaps, or along
 * columns that lie side by side. The first input is the gradient with respect to the output, the
 * second the output. A {@linkplain Specialization template}; its constants are whether the
 * logarithm was taken, the shape of vectors, and the kernel for other layouts.
 */
final class Float32SoftmaxBackward extends FibreKernel {
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

  Float32SoftmaxBackward() {}

  @Override
  void run(Fibres fibres, long out, long first, long second, long count) {
    if (fibres.alongIs(Float.BYTES) && fibres.length <= Integer.MAX_VALUE) {
      for (long i = 0; i < count; i++) {
        row(
            fibres,
            out + i * fibres.outNext,
            first + i * fibres.firstNext,
            second + i * fibres.secondNext);
      }
    } else if (fibres.nextIs(Float.BYTES) && fibres.length <= Integer.MAX_VALUE) {
      for (long i = 0; i < count; i += LANES) {
        int width = (int) Math.min(LANES, count - i);
        long at = i * Float.BYTES;
        columns(fibres, out + at, first + at, second + at, width);
      }
    } else {
      OTHER_LAYOUTS.run(fibres, out, first, second, count);
    }
  }

  private static void row(Fibres fibres, long out, long first, long second) {
    int length = (int) fibres.length;
    double sum = 0;
    for (int block = 0; block < length; block += BLOCK) {
      int size = Math.min(BLOCK, length - block);
      long along = (long) block * Float.BYTES;
      sum += sum(fibres.first, first + along, fibres.second, second + along, size);
    }
    combine(fibres.out, out, fibres.first, first, fibres.second, second, length, (float) sum);
  }

  private static float sum(
      MemorySegment gradient, long first, MemorySegment output, long second, int length) {
    gradient = NativeMemory.of(gradient);
    output = NativeMemory.of(output);
    var sum = FloatVector.zero(SPECIES);
    int i = 0;
    for (; i <= length - LANES; i += LANES) {
      long at = (long) i * Float.BYTES;
      var g = FloatVector.fromMemorySegment(SPECIES, gradient, first + at, ORDER);
      if (LOG) {
        sum = g.add(sum);
      } else {
        sum = g.fma(FloatVector.fromMemorySegment(SPECIES, output, second + at, ORDER), sum);
      }
    }
    if (i < length) {
      long at = (long) i * Float.BYTES;
      var mask = SPECIES.indexInRange(i, length);
      var g = FloatVector.fromMemorySegment(SPECIES, gradient, first + at, ORDER, mask);
      if (LOG) {
        sum = g.add(sum);
      } else {
        var y = FloatVector.fromMemorySegment(SPECIES, output, second + at, ORDER, mask);
        sum = g.fma(y, sum);
      }
    }
    return LaneSums.sum(sum);
  }

  private static void combine(
      MemorySegment out,
      long outOffset,
      MemorySegment gradient,
      long first,
      MemorySegment output,
      long second,
      int length,
      float sum) {
    out = NativeMemory.of(out);
    gradient = NativeMemory.of(gradient);
    output = NativeMemory.of(output);
    var sums = FloatVector.broadcast(SPECIES, sum);
    int i = 0;
    for (; i <= length - LANES; i += LANES) {
      long at = (long) i * Float.BYTES;
      var g = FloatVector.fromMemorySegment(SPECIES, gradient, first + at, ORDER);
      var y = FloatVector.fromMemorySegment(SPECIES, output, second + at, ORDER);
      var result = LOG ? g.sub(Exponential.of(y).mul(sums)) : y.mul(g.sub(sums));
      result.intoMemorySegment(out, outOffset + at, ORDER);
    }
    if (i < length) {
      long at = (long) i * Float.BYTES;
      combineLast(out, outOffset + at, gradient, first + at, output, second + at, length - i, sum);
    }
  }

  private static void combineLast(
      MemorySegment out,
      long outOffset,
      MemorySegment gradient,
      long first,
      MemorySegment output,
      long second,
      int length,
      float sum) {
    out = NativeMemory.of(out);
    gradient = NativeMemory.of(gradient);
    output = NativeMemory.of(output);
    var mask = SPECIES.indexInRange(0, length);
    var g = FloatVector.fromMemorySegment(SPECIES, gradient, first, ORDER, mask);
    var y = FloatVector.fromMemorySegment(SPECIES, output, second, ORDER, mask);
    var result = LOG ? g.sub(Exponential.of(y).mul(sum)) : y.mul(g.sub(sum));
    result.intoMemorySegment(out, outOffset, ORDER, mask);
  }

  private static void columns(Fibres fibres, long out, long first, long second, int width) {
    var gradient = NativeMemory.of(fibres.first);
    var output = NativeMemory.of(fibres.second);
    int length = (int) fibres.length;
    var mask = SPECIES.indexInRange(0, width);
    var sum = FloatVector.zero(SPECIES);
    for (int block = 0; block < length; block += COLUMN_BLOCK) {
      int end = Math.min(length, block + COLUMN_BLOCK);
      var part = FloatVector.zero(SPECIES);
      for (int row = block; row < end; row++) {
        long at = first + row * fibres.firstAlong;
        var g = FloatVector.fromMemorySegment(SPECIES, gradient, at, ORDER, mask);
        if (LOG) {
          part = g.add(part);
        } else {
          long yAt = second + row * fibres.secondAlong;
          part = g.fma(FloatVector.fromMemorySegment(SPECIES, output, yAt, ORDER, mask), part);
        }
      }
      sum = part.add(sum);
    }
    for (int row = 0; row < length; row++) {
      long at = first + row * fibres.firstAlong;
      long yAt = second + row * fibres.secondAlong;
      var g = FloatVector.fromMemorySegment(SPECIES, gradient, at, ORDER, mask);
      var y = FloatVector.fromMemorySegment(SPECIES, output, yAt, ORDER, mask);
      var result = LOG ? g.sub(Exponential.of(y).mul(sum)) : y.mul(g.sub(sum));
      result.intoMemorySegment(fibres.out, out + row * fibres.outAlong, ORDER, mask);
    }
  }
}
