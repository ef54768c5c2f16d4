package dev.gatun.kernels.order;

import dev.gatun.kernels.specialize.NativeMemory;
import dev.gatun.kernels.specialize.Specialization;
import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;

/** A {@linkplain Specialization template}; its constant is the element type. */
final class LineKernelOfType extends LineKernel {
  private static final DType TYPE = Specialization.constant(MethodHandles.lookup(), DType.class, 0);
  private static final boolean IS_FLOATING_POINT = TYPE.isFloatingPoint();

  LineKernelOfType() {}

  @Override
  void running(
      MemorySegment in,
      long start,
      long stride,
      int length,
      MemorySegment out,
      long outStart,
      long outStride,
      boolean largest) {
    if (IS_FLOATING_POINT) {
      runningNumbers(in, start, stride, length, out, outStart, outStride, largest);
    } else {
      runningIntegers(in, start, stride, length, out, outStart, outStride, largest);
    }
  }

  private static void runningNumbers(
      MemorySegment in,
      long start,
      long stride,
      int length,
      MemorySegment out,
      long outStart,
      long outStride,
      boolean largest) {
    var source = NativeMemory.of(in);
    var target = NativeMemory.of(out);
    double sign = largest ? 1 : -1;
    double best = sign * TYPE.getDouble(source, start);
    long position = 0;
    for (int i = 0; i < length; i++) {
      double x = sign * TYPE.getDouble(source, start + i * stride);
      // What is NaN is not less than anything, and nothing is as large as NaN.
      if (x >= best || Double.isNaN(x)) {
        best = x;
        position = i;
      }
      DType.INT64.setLong(target, outStart + i * outStride, position);
    }
  }

  private static void runningIntegers(
      MemorySegment in,
      long start,
      long stride,
      int length,
      MemorySegment out,
      long outStart,
      long outStride,
      boolean largest) {
    var source = NativeMemory.of(in);
    var target = NativeMemory.of(out);
    // The complement turns the order of integers around, without an overflow.
    long flip = largest ? 0 : -1;
    long best = Long.MIN_VALUE;
    long position = 0;
    for (int i = 0; i < length; i++) {
      long x = TYPE.getLong(source, start + i * stride) ^ flip;
      if (x >= best) {
        best = x;
        position = i;
      }
      DType.INT64.setLong(target, outStart + i * outStride, position);
    }
  }

  @Override
  void search(
      MemorySegment sorted,
      long start,
      long stride,
      int length,
      MemorySegment values,
      long valueStart,
      long valueStride,
      int count,
      MemorySegment out,
      long outStart,
      long outStride,
      boolean right) {
    var line = NativeMemory.of(sorted);
    var wanted = NativeMemory.of(values);
    var target = NativeMemory.of(out);
    for (int i = 0; i < count; i++) {
      long at = valueStart + i * valueStride;
      long position =
          IS_FLOATING_POINT
              ? position(line, start, stride, length, TYPE.getDouble(wanted, at), right)
              : position(line, start, stride, length, TYPE.getLong(wanted, at), right);
      DType.INT64.setLong(target, outStart + i * outStride, position);
    }
  }

  // Either side of a range is as likely, so that a branch would be guessed wrong every other time:
  // the choice is between two numbers instead, and a line's length alone says how many turns.

  private static long position(
      MemorySegment line, long start, long stride, int length, double value, boolean right) {
    if (Double.isNaN(value)) {
      return length;
    }
    long first = 0;
    int rest = length;
    while (rest > 0) {
      int half = rest + 1 >>> 1;
      double x = TYPE.getDouble(line, start + (first + half - 1) * stride);
      boolean before = right ? x <= value : x < value;
      first = before ? first + half : first;
      rest -= half;
    }
    return first;
  }

  private static long position(
      MemorySegment line, long start, long stride, int length, long value, boolean right) {
    long first = 0;
    int rest = length;
    while (rest > 0) {
      int half = rest + 1 >>> 1;
      long x = TYPE.getLong(line, start + (first + half - 1) * stride);
      boolean before = right ? x <= value : x < value;
      first = before ? first + half : first;
      rest -= half;
    }
    return first;
  }
}
