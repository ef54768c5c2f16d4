package dev.gatun.kernels.traverse;

import dev.gatun.kernels.specialize.NativeMemory;
import dev.gatun.kernels.specialize.Specialization;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;

/**
 * A {@linkplain Specialization template}; its constant is the base 2 logarithm of the size.
 *
 * <p>Loops over neighbours are by themselves: where the distances are constants, the compiler
 * checks positions ahead of the loop and unrolls it, or uses vectors.
 */
final class ElementMovesOfSize extends ElementMoves {
  private static final int SHIFT =
      Specialization.constant(MethodHandles.lookup(), Integer.class, 0);
  private static final int SIZE = 1 << SHIFT;

  private static final long EACH_BYTE = 0x0101010101010101L;
  private static final long ALL_BUT_HIGHEST = 0x7F * EACH_BYTE;

  private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.nativeOrder());
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.nativeOrder());
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.nativeOrder());

  ElementMovesOfSize() {}

  private static long get(MemorySegment in, long offset) {
    return switch (SHIFT) {
      case 0 -> in.get(BYTE, offset);
      case 1 -> in.get(SHORT, offset);
      case 2 -> in.get(INT, offset);
      default -> in.get(LONG, offset);
    };
  }

  private static void set(MemorySegment out, long offset, long bits) {
    switch (SHIFT) {
      case 0 -> out.set(BYTE, offset, (byte) bits);
      case 1 -> out.set(SHORT, offset, (short) bits);
      case 2 -> out.set(INT, offset, (int) bits);
      default -> out.set(LONG, offset, bits);
    }
  }

  /** Reads an index; a negative one counts from the end of an axis. */
  private static long index(MemorySegment indices, long offset, long size) {
    long index = indices.get(LONG, offset);
    return index < 0 ? index + size : index;
  }

  @Override
  public long element(MemorySegment in, long offset) {
    return get(in, offset);
  }

  @Override
  public int countNonzero(MemorySegment elements, long offset, long stride, long mask, int count) {
    var in = NativeMemory.of(elements);
    int found = 0;
    int i = 0;
    if (SIZE == 1 && stride == 1) {
      for (; i < count - 7; i += 8) {
        found += bytesWithBits(in.get(LONG, offset + i) & (mask & 0xFF) * EACH_BYTE);
      }
    }
    for (; i < count; i++) {
      found += (get(in, offset + i * stride) & mask) == 0 ? 0 : 1;
    }
    return found;
  }

  /** Counts the bytes that are not zero: their own highest bit, or one that is carried there. */
  private static int bytesWithBits(long bytes) {
    return Long.bitCount(((bytes & ALL_BUT_HIGHEST) + ALL_BUT_HIGHEST | bytes) & ~ALL_BUT_HIGHEST);
  }

  @Override
  public int nonzero(
      MemorySegment elements, long offset, long stride, long mask, int count, int[] places) {
    return stride == SIZE
        ? nonzeroNeighbours(elements, offset, mask, count, places)
        : nonzeroApart(elements, offset, stride, mask, count, places);
  }

  // Each place is written, and overwritten by the next unless it is one: nothing is guessed.

  private static int nonzeroNeighbours(
      MemorySegment elements, long offset, long mask, int count, int[] places) {
    var in = NativeMemory.of(elements);
    int found = 0;
    for (int i = 0; i < count; i++) {
      places[found] = i;
      found += (get(in, offset + (long) i * SIZE) & mask) == 0 ? 0 : 1;
    }
    return found;
  }

  private static int nonzeroApart(
      MemorySegment elements, long offset, long stride, long mask, int count, int[] places) {
    var in = NativeMemory.of(elements);
    int found = 0;
    for (int i = 0; i < count; i++) {
      places[found] = i;
      found += (get(in, offset + i * stride) & mask) == 0 ? 0 : 1;
    }
    return found;
  }

  @Override
  public void collect(
      MemorySegment outs,
      long outOffset,
      long outStride,
      MemorySegment ins,
      long inOffset,
      long inStride,
      int[] places,
      int count) {
    var out = NativeMemory.of(outs);
    var in = NativeMemory.of(ins);
    for (int i = 0; i < count; i++) {
      set(out, outOffset + i * outStride, get(in, inOffset + places[i] * inStride));
    }
  }

  @Override
  public void distribute(
      MemorySegment outs,
      long outOffset,
      long outStride,
      MemorySegment ins,
      long inOffset,
      long inStride,
      int[] places,
      int count) {
    var out = NativeMemory.of(outs);
    var in = NativeMemory.of(ins);
    for (int i = 0; i < count; i++) {
      set(out, outOffset + places[i] * outStride, get(in, inOffset + i * inStride));
    }
  }

  @Override
  public void move(
      MemorySegment out,
      long outOffset,
      long outStride,
      MemorySegment in,
      long inOffset,
      long inStride,
      int count) {
    if (outStride == SIZE && inStride == -SIZE) {
      reverse(out, outOffset, in, inOffset, count);
    } else if (outStride == SIZE) {
      close(out, outOffset, in, inOffset, inStride, count);
    } else if (inStride == SIZE) {
      spread(out, outOffset, outStride, in, inOffset, count);
    } else {
      apart(out, outOffset, outStride, in, inOffset, inStride, count);
    }
  }

  private static void reverse(
      MemorySegment outs, long outOffset, MemorySegment ins, long inOffset, int count) {
    var out = NativeMemory.of(outs);
    var in = NativeMemory.of(ins);
    for (int i = 0; i < count; i++) {
      set(out, outOffset + (long) i * SIZE, get(in, inOffset - (long) i * SIZE));
    }
  }

  private static void close(
      MemorySegment outs,
      long outOffset,
      MemorySegment ins,
      long inOffset,
      long inStride,
      int count) {
    var out = NativeMemory.of(outs);
    var in = NativeMemory.of(ins);
    for (int i = 0; i < count; i++) {
      set(out, outOffset + (long) i * SIZE, get(in, inOffset + i * inStride));
    }
  }

  private static void spread(
      MemorySegment outs,
      long outOffset,
      long outStride,
      MemorySegment ins,
      long inOffset,
      int count) {
    var out = NativeMemory.of(outs);
    var in = NativeMemory.of(ins);
    for (int i = 0; i < count; i++) {
      set(out, outOffset + i * outStride, get(in, inOffset + (long) i * SIZE));
    }
  }

  private static void apart(
      MemorySegment outs,
      long outOffset,
      long outStride,
      MemorySegment ins,
      long inOffset,
      long inStride,
      int count) {
    var out = NativeMemory.of(outs);
    var in = NativeMemory.of(ins);
    for (int i = 0; i < count; i++) {
      set(out, outOffset + i * outStride, get(in, inOffset + i * inStride));
    }
  }

  @Override
  public void fill(MemorySegment out, long outOffset, long outStride, long bits, int count) {
    if (outStride == SIZE) {
      fillNeighbours(out, outOffset, bits, count);
    } else {
      fillApart(out, outOffset, outStride, bits, count);
    }
  }

  private static void fillNeighbours(MemorySegment outs, long outOffset, long bits, int count) {
    var out = NativeMemory.of(outs);
    for (int i = 0; i < count; i++) {
      set(out, outOffset + (long) i * SIZE, bits);
    }
  }

  private static void fillApart(
      MemorySegment outs, long outOffset, long outStride, long bits, int count) {
    var out = NativeMemory.of(outs);
    for (int i = 0; i < count; i++) {
      set(out, outOffset + i * outStride, bits);
    }
  }

  @Override
  public void gather(
      MemorySegment out,
      long outOffset,
      long outStride,
      MemorySegment in,
      long inOffset,
      long inStride,
      MemorySegment indices,
      long indexOffset,
      long indexStride,
      long size,
      long apart,
      int count) {
    if (outStride == SIZE && indexStride == Long.BYTES) {
      gatherNeighbours(
          out, outOffset, in, inOffset, inStride, indices, indexOffset, size, apart, count);
    } else {
      gatherApart(
          out,
          outOffset,
          outStride,
          in,
          inOffset,
          inStride,
          indices,
          indexOffset,
          indexStride,
          size,
          apart,
          count);
    }
  }

  private static void gatherNeighbours(
      MemorySegment outs,
      long outOffset,
      MemorySegment ins,
      long inOffset,
      long inStride,
      MemorySegment places,
      long indexOffset,
      long size,
      long apart,
      int count) {
    var out = NativeMemory.of(outs);
    var in = NativeMemory.of(ins);
    var indices = NativeMemory.of(places);
    for (int i = 0; i < count; i++) {
      long index = index(indices, indexOffset + (long) i * Long.BYTES, size);
      long from = inOffset + i * inStride + index * apart;
      set(out, outOffset + (long) i * SIZE, get(in, from));
    }
  }

  private static void gatherApart(
      MemorySegment outs,
      long outOffset,
      long outStride,
      MemorySegment ins,
      long inOffset,
      long inStride,
      MemorySegment places,
      long indexOffset,
      long indexStride,
      long size,
      long apart,
      int count) {
    var out = NativeMemory.of(outs);
    var in = NativeMemory.of(ins);
    var indices = NativeMemory.of(places);
    for (int i = 0; i < count; i++) {
      long index = index(indices, indexOffset + i * indexStride, size);
      set(out, outOffset + i * outStride, get(in, inOffset + i * inStride + index * apart));
    }
  }

  @Override
  public void scatter(
      MemorySegment out,
      long outOffset,
      long outStride,
      MemorySegment in,
      long inOffset,
      long inStride,
      MemorySegment indices,
      long indexOffset,
      long indexStride,
      long size,
      long apart,
      int count) {
    if (inStride == SIZE && indexStride == Long.BYTES) {
      scatterNeighbours(
          out, outOffset, outStride, in, inOffset, indices, indexOffset, size, apart, count);
    } else {
      scatterApart(
          out,
          outOffset,
          outStride,
          in,
          inOffset,
          inStride,
          indices,
          indexOffset,
          indexStride,
          size,
          apart,
          count);
    }
  }

  private static void scatterNeighbours(
      MemorySegment outs,
      long outOffset,
      long outStride,
      MemorySegment ins,
      long inOffset,
      MemorySegment places,
      long indexOffset,
      long size,
      long apart,
      int count) {
    var out = NativeMemory.of(outs);
    var in = NativeMemory.of(ins);
    var indices = NativeMemory.of(places);
    for (int i = 0; i < count; i++) {
      long index = index(indices, indexOffset + (long) i * Long.BYTES, size);
      long to = outOffset + i * outStride + index * apart;
      set(out, to, get(in, inOffset + (long) i * SIZE));
    }
  }

  private static void scatterApart(
      MemorySegment outs,
      long outOffset,
      long outStride,
      MemorySegment ins,
      long inOffset,
      long inStride,
      MemorySegment places,
      long indexOffset,
      long indexStride,
      long size,
      long apart,
      int count) {
    var out = NativeMemory.of(outs);
    var in = NativeMemory.of(ins);
    var indices = NativeMemory.of(places);
    for (int i = 0; i < count; i++) {
      long index = index(indices, indexOffset + i * indexStride, size);
      long to = outOffset + i * outStride + index * apart;
      set(out, to, get(in, inOffset + i * inStride));
    }
  }
}
