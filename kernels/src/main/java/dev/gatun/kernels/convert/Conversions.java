package dev.gatun.kernels.convert;

import dev.gatun.kernels.specialize.Specialization;
import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.VectorShape;

/**
 * Converts runs of elements from one type to another, as {@link DType} does one by one. The work is
 * done block by block in arrays of the thread. Nothing is allocated in the steady state.
 */
public final class Conversions {
  /** For fewer elements a block takes longer. */
  private static final long SHORT_RUN = 8;

  private static final int TYPES = DType.values().length;

  private final Way[] ways = new Way[TYPES * TYPES];

  /** Makes conversions in plain Java. */
  public Conversions() {
    this(new Widths());
  }

  /**
   * Makes conversions with vectors of one width.
   *
   * @param laneBits the width in bits: 128, 256 or 512
   * @return the conversions
   */
  public static Conversions vector(int laneBits) {
    // There are no vectors of 32 bits for as many bytes as there are ints in 128.
    return laneBits < 256 ? new Conversions() : new Conversions(Vectors.widths(laneBits));
  }

  /** Keeps the Vector API from being loaded where it is not used. */
  private static final class Vectors {
    static Widths widths(int laneBits) {
      return Specialization.instantiate(
          MethodHandles.lookup(),
          VectorWidths.class,
          Widths.class,
          VectorShape.forBitSize(laneBits),
          VectorShape.forBitSize(laneBits / 2),
          VectorShape.forBitSize(laneBits / 4));
    }
  }

  Conversions(Widths widths) {
    var all = new Ways(widths);
    for (var from : DType.values()) {
      for (var to : DType.values()) {
        ways[index(from, to)] = all.between(from, to);
      }
    }
  }

  private static int index(DType from, DType to) {
    return from.ordinal() * TYPES + to.ordinal();
  }

  /**
   * Converts a run.
   *
   * @param outType the type of the elements written
   * @param out where they go
   * @param outOffset where the first of them goes, in bytes
   * @param outStride the distance of neighbours, in bytes
   * @param inType the type of the elements read
   * @param in where they are
   * @param inOffset where the first of them is, in bytes
   * @param inStride the distance of neighbours, in bytes
   * @param count the number of elements
   */
  public void run(
      DType outType,
      MemorySegment out,
      long outOffset,
      long outStride,
      DType inType,
      MemorySegment in,
      long inOffset,
      long inStride,
      long count) {
    if (count < SHORT_RUN) {
      oneByOne(outType, out, outOffset, outStride, inType, in, inOffset, inStride, count);
      return;
    }
    var way = ways[index(inType, outType)];
    var block = Block.ofThread();
    for (long start = 0; start < count; start += Block.LENGTH) {
      int length = (int) Math.min(Block.LENGTH, count - start);
      way.from().read(in, inOffset + start * inStride, inStride, block, length);
      way.steps().apply(block, length);
      way.to().write(out, outOffset + start * outStride, outStride, block, length);
    }
  }

  private static void oneByOne(
      DType outType,
      MemorySegment out,
      long outOffset,
      long outStride,
      DType inType,
      MemorySegment in,
      long inOffset,
      long inStride,
      long count) {
    boolean hasFraction = inType.isFloatingPoint();
    for (long i = 0; i < count; i++) {
      long from = inOffset + i * inStride;
      long to = outOffset + i * outStride;
      if (hasFraction) {
        outType.setDouble(out, to, inType.getDouble(in, from));
      } else {
        outType.setLong(out, to, inType.getLong(in, from));
      }
    }
  }
}
