package dev.gatun.kernels.reduce;

import dev.gatun.kernels.reduce.Reduction.Combination;
import dev.gatun.kernels.specialize.NativeMemory;
import dev.gatun.kernels.specialize.Specialization;
import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.Arrays;

/**
 * Running sums or products along fibres, in float64 or in 64-bit integers. A {@linkplain
 * Specialization template}; its constants are the combination and the types of the elements that
 * are read and written.
 */
final class Cumulative extends FibreKernel {
  private static final Combination COMBINATION =
      Specialization.constant(MethodHandles.lookup(), Combination.class, 0);
  private static final DType TYPE = Specialization.constant(MethodHandles.lookup(), DType.class, 1);
  private static final DType OUT = Specialization.constant(MethodHandles.lookup(), DType.class, 2);

  private static final boolean IS_FLOATING_POINT = TYPE.isFloatingPoint() || OUT.isFloatingPoint();
  private static final int SIZE = TYPE.byteSize();
  private static final int OUT_SIZE = OUT.byteSize();
  private static final double ONE_OF_NONE = COMBINATION == Combination.ADD ? 0 : 1;

  Cumulative() {}

  @Override
  void run(Fibres fibres, long out, long first, long second, long count) {
    if (count > 1 && fibres.firstNext == SIZE && fibres.outNext == OUT_SIZE) {
      for (long done = 0; done < count; done += ColumnScratch.MOST_COLUMNS) {
        int now = (int) Math.min(ColumnScratch.MOST_COLUMNS, count - done);
        columns(fibres, out + done * OUT_SIZE, first + done * SIZE, now);
      }
      return;
    }
    for (long i = 0; i < count; i++) {
      long to = out + i * fibres.outNext;
      long from = first + i * fibres.firstNext;
      if (IS_FLOATING_POINT) {
        numbers(
            fibres.out, to, fibres.outAlong, fibres.first, from, fibres.firstAlong, fibres.length);
      } else {
        integers(
            fibres.out, to, fibres.outAlong, fibres.first, from, fibres.firstAlong, fibres.length);
      }
    }
  }

  private static void numbers(
      MemorySegment target,
      long outOffset,
      long outStride,
      MemorySegment source,
      long inOffset,
      long inStride,
      long length) {
    var out = NativeMemory.of(target);
    var in = NativeMemory.of(source);
    double total = ONE_OF_NONE;
    for (long i = 0; i < length; i++) {
      total = COMBINATION.apply(total, TYPE.getDouble(in, inOffset + i * inStride));
      OUT.setDouble(out, outOffset + i * outStride, total);
    }
  }

  private static void integers(
      MemorySegment target,
      long outOffset,
      long outStride,
      MemorySegment source,
      long inOffset,
      long inStride,
      long length) {
    var out = NativeMemory.of(target);
    var in = NativeMemory.of(source);
    long total = (long) ONE_OF_NONE;
    for (long i = 0; i < length; i++) {
      total = COMBINATION.apply(total, TYPE.getLong(in, inOffset + i * inStride));
      OUT.setLong(out, outOffset + i * outStride, total);
    }
  }

  /** Fibres that lie side by side, row by row. */
  private static void columns(Fibres fibres, long out, long first, int count) {
    var scratch = ColumnScratch.ofThread();
    Arrays.fill(scratch.totals, 0, count, ONE_OF_NONE);
    Arrays.fill(scratch.integralTotals, 0, count, (long) ONE_OF_NONE);
    for (long row = 0; row < fibres.length; row++) {
      long from = first + row * fibres.firstAlong;
      long to = out + row * fibres.outAlong;
      if (IS_FLOATING_POINT) {
        addNumbers(scratch.totals, fibres.out, to, fibres.first, from, count);
      } else {
        addIntegers(scratch.integralTotals, fibres.out, to, fibres.first, from, count);
      }
    }
  }

  private static void addNumbers(
      double[] totals,
      MemorySegment target,
      long outOffset,
      MemorySegment source,
      long inOffset,
      int count) {
    var out = NativeMemory.of(target);
    var in = NativeMemory.of(source);
    for (int i = 0; i < count; i++) {
      double x = TYPE.getDouble(in, inOffset + (long) i * SIZE);
      double total = COMBINATION.apply(totals[i], x);
      totals[i] = total;
      OUT.setDouble(out, outOffset + (long) i * OUT_SIZE, total);
    }
  }

  private static void addIntegers(
      long[] totals,
      MemorySegment target,
      long outOffset,
      MemorySegment source,
      long inOffset,
      int count) {
    var out = NativeMemory.of(target);
    var in = NativeMemory.of(source);
    for (int i = 0; i < count; i++) {
      long x = TYPE.getLong(in, inOffset + (long) i * SIZE);
      long total = COMBINATION.apply(totals[i], x);
      totals[i] = total;
      OUT.setLong(out, outOffset + (long) i * OUT_SIZE, total);
    }
  }
}
