package dev.gatun.kernels.convert;

import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;

/**
 * Writes {@code start + i * step}, converted as {@link DType} does one by one. The work is done
 * block by block in arrays of the thread. Nothing is allocated in the steady state.
 */
public final class Progressions {
  private static final Ways WAYS = new Ways(new Widths());
  private static final Step[] FROM_LONGS = steps(Carrier.LONGS);
  private static final Step[] FROM_DOUBLES = steps(Carrier.DOUBLES);

  private Progressions() {}

  private static Step[] steps(Carrier carrier) {
    var types = DType.values();
    var steps = new Step[types.length];
    for (var type : types) {
      steps[type.ordinal()] = WAYS.from(carrier, type);
    }
    return steps;
  }

  /**
   * Writes integers, whose low 64 bits count.
   *
   * @param type the type of the elements written
   * @param out where they go
   * @param offset where the first of them goes, in bytes
   * @param stride the distance of neighbours, in bytes
   * @param start the number at index 0
   * @param step the difference of neighbours
   * @param first the index of the first number written
   * @param count how many are written
   */
  public static void write(
      DType type,
      MemorySegment out,
      long offset,
      long stride,
      long start,
      long step,
      long first,
      long count) {
    var steps = FROM_LONGS[type.ordinal()];
    var storage = Ways.storage(type);
    var block = Block.ofThread();
    for (long done = 0; done < count; done += Block.LENGTH) {
      int length = (int) Math.min(Block.LENGTH, count - done);
      longs(block.longs, start + (first + done) * step, step, length);
      steps.apply(block, length);
      storage.write(out, offset + done * stride, stride, block, length);
    }
  }

  /**
   * Writes doubles, each the product rounded and then the sum.
   *
   * @param type the type of the elements written
   * @param out where they go
   * @param offset where the first of them goes, in bytes
   * @param stride the distance of neighbours, in bytes
   * @param start the number at index 0
   * @param step the difference of neighbours
   * @param first the index of the first number written
   * @param count how many are written
   */
  public static void write(
      DType type,
      MemorySegment out,
      long offset,
      long stride,
      double start,
      double step,
      long first,
      long count) {
    var steps = FROM_DOUBLES[type.ordinal()];
    var storage = Ways.storage(type);
    var block = Block.ofThread();
    for (long done = 0; done < count; done += Block.LENGTH) {
      int length = (int) Math.min(Block.LENGTH, count - done);
      doubles(block.doubles, start, step, first + done, length);
      steps.apply(block, length);
      storage.write(out, offset + done * stride, stride, block, length);
    }
  }

  private static void longs(long[] out, long start, long step, int length) {
    for (int i = 0; i < length; i++) {
      out[i] = start + i * step;
    }
  }

  /** Indices are exact in doubles: no array has 2^53 elements. */
  private static void doubles(double[] out, double start, double step, double first, int length) {
    for (int i = 0; i < length; i++) {
      out[i] = start + (first + i) * step;
    }
  }
}
