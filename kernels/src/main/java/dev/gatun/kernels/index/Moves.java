package dev.gatun.kernels.index;

import dev.gatun.kernels.specialize.NativeMemory;
import dev.gatun.kernels.traverse.ElementMoves;
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

  /** Loops count in int. */
  static final int MOST_AT_ONCE = 1 << 30;

  private Moves() {}

  /** Moves {@code count} elements of {@code 1 << shift} bytes. */
  static void run(
      int shift,
      MemorySegment out,
      long outOffset,
      long outStride,
      MemorySegment in,
      long inOffset,
      long inStride,
      long count) {
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
    var moves = ElementMoves.of(shift);
    for (long done = 0; done < count; done += MOST_AT_ONCE) {
      int now = (int) Math.min(MOST_AT_ONCE, count - done);
      long to = outOffset + done * outStride;
      moves.move(out, to, outStride, in, inOffset + done * inStride, inStride, now);
    }
  }

  /** Returns the bits of an element, in the lowest bits. */
  static long element(int shift, MemorySegment in, long offset) {
    return ElementMoves.of(shift).element(in, offset);
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
    var moves = ElementMoves.of(shift);
    for (long done = 0; done < count; done += MOST_AT_ONCE) {
      int now = (int) Math.min(MOST_AT_ONCE, count - done);
      moves.fill(out, outOffset + done * outStride, outStride, bits, now);
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
