package dev.gatun.kernels.index;

import dev.gatun.kernels.specialize.NativeMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Moves runs of elements whatever they mean: only their width counts. Strides are in bytes. */
final class Moves {
  private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.nativeOrder());
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.nativeOrder());
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.nativeOrder());

  /** How many elements a fill writes one by one before it copies what it has written. */
  private static final long SEED_ELEMENTS = 64;

  private static final long LARGEST_COPY = 1 << 13;

  private Moves() {}

  /** Moves {@code count} elements of {@code 1 << shift} bytes. */
  static void run(
      int shift,
      MemorySegment outSegment,
      long outOffset,
      long outStride,
      MemorySegment inSegment,
      long inOffset,
      long inStride,
      long count) {
    var out = NativeMemory.of(outSegment);
    var in = NativeMemory.of(inSegment);
    int width = 1 << shift;
    if (count > 1 && outStride == width) {
      if (inStride == width) {
        MemorySegment.copy(in, inOffset, out, outOffset, count << shift);
        return;
      }
      if (inStride == 0) {
        fill(shift, out, outOffset, outStride, element(shift, in, inOffset), count);
        return;
      }
    }
    switch (shift) {
      case 0 -> {
        for (long i = 0; i < count; i++) {
          out.set(BYTE, outOffset + i * outStride, in.get(BYTE, inOffset + i * inStride));
        }
      }
      case 1 -> {
        for (long i = 0; i < count; i++) {
          out.set(SHORT, outOffset + i * outStride, in.get(SHORT, inOffset + i * inStride));
        }
      }
      case 2 -> {
        for (long i = 0; i < count; i++) {
          out.set(INT, outOffset + i * outStride, in.get(INT, inOffset + i * inStride));
        }
      }
      default -> {
        for (long i = 0; i < count; i++) {
          out.set(LONG, outOffset + i * outStride, in.get(LONG, inOffset + i * inStride));
        }
      }
    }
  }

  /** Returns the bits of an element, in the lowest bits. */
  static long element(int shift, MemorySegment in, long offset) {
    return switch (shift) {
      case 0 -> in.get(BYTE, offset);
      case 1 -> in.get(SHORT, offset);
      case 2 -> in.get(INT, offset);
      default -> in.get(LONG, offset);
    };
  }

  /** Moves one element. */
  static void one(int shift, MemorySegment out, long outOffset, MemorySegment in, long inOffset) {
    switch (shift) {
      case 0 -> out.set(BYTE, outOffset, in.get(BYTE, inOffset));
      case 1 -> out.set(SHORT, outOffset, in.get(SHORT, inOffset));
      case 2 -> out.set(INT, outOffset, in.get(INT, inOffset));
      default -> out.set(LONG, outOffset, in.get(LONG, inOffset));
    }
  }

  /** Writes the bits of one element {@code count} times. */
  static void fill(
      int shift, MemorySegment out, long outOffset, long outStride, long bits, long count) {
    boolean gapless = outStride == 1L << shift;
    if (gapless && bits == 0) {
      out.asSlice(outOffset, count << shift).fill((byte) 0);
      return;
    }
    long written = gapless ? Math.min(count, SEED_ELEMENTS) : count;
    fillOneByOne(shift, out, outOffset, outStride, bits, written);
    while (written < count) {
      long next = Math.min(Math.min(written, LARGEST_COPY), count - written);
      MemorySegment.copy(out, outOffset, out, outOffset + (written << shift), next << shift);
      written += next;
    }
  }

  private static void fillOneByOne(
      int shift, MemorySegment segment, long outOffset, long outStride, long bits, long count) {
    var out = NativeMemory.of(segment);
    switch (shift) {
      case 0 -> {
        for (long i = 0; i < count; i++) {
          out.set(BYTE, outOffset + i * outStride, (byte) bits);
        }
      }
      case 1 -> {
        for (long i = 0; i < count; i++) {
          out.set(SHORT, outOffset + i * outStride, (short) bits);
        }
      }
      case 2 -> {
        for (long i = 0; i < count; i++) {
          out.set(INT, outOffset + i * outStride, (int) bits);
        }
      }
      default -> {
        for (long i = 0; i < count; i++) {
          out.set(LONG, outOffset + i * outStride, bits);
        }
      }
    }
  }

  /**
   * Transposes: {@code out[i * outStride + j elements] = in[j * inStride + i elements]} for i below
   * {@code rows} and j below {@code columns}, tile by tile so that both sides stay in the cache.
   */
  static void transpose(
      int shift,
      MemorySegment out,
      long outOffset,
      long outStride,
      MemorySegment in,
      long inOffset,
      long inStride,
      int rows,
      int columns) {
    int tile = 64 >>> shift;
    for (int i = 0; i < rows; i += tile) {
      int height = Math.min(tile, rows - i);
      for (int j = 0; j < columns; j += tile) {
        int width = Math.min(tile, columns - j);
        long to = outOffset + i * outStride + ((long) j << shift);
        long from = inOffset + j * inStride + ((long) i << shift);
        if (shift == 2) {
          tileOfInts(out, to, outStride, in, from, inStride, height, width);
        } else {
          for (int k = 0; k < height; k++) {
            run(
                shift,
                out,
                to + k * outStride,
                1L << shift,
                in,
                from + ((long) k << shift),
                inStride,
                width);
          }
        }
      }
    }
  }

  private static void tileOfInts(
      MemorySegment outSegment,
      long outOffset,
      long outStride,
      MemorySegment inSegment,
      long inOffset,
      long inStride,
      int rows,
      int columns) {
    var out = NativeMemory.of(outSegment);
    var in = NativeMemory.of(inSegment);
    int row = 0;
    for (; row <= rows - 4; row += 4) {
      long to = outOffset + row * outStride;
      long from = inOffset + row * 4L;
      for (int column = 0; column < columns; column++) {
        long source = from + column * inStride;
        long target = to + column * 4L;
        out.set(INT, target, in.get(INT, source));
        out.set(INT, target + outStride, in.get(INT, source + 4));
        out.set(INT, target + 2 * outStride, in.get(INT, source + 8));
        out.set(INT, target + 3 * outStride, in.get(INT, source + 12));
      }
    }
    for (; row < rows; row++) {
      run(2, out, outOffset + row * outStride, 4, in, inOffset + row * 4L, inStride, columns);
    }
  }
}
