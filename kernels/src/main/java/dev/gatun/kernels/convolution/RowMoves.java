package dev.gatun.kernels.convolution;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Moves rows of elements of four or eight bytes. Positions and distances are in bytes. */
final class RowMoves {
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED;

  private RowMoves() {}

  static void zero(MemorySegment target, long to, int count, int elementBytes) {
    if (elementBytes == Integer.BYTES) {
      for (int i = 0; i < count; i++) {
        target.set(INT, to + (long) i * Integer.BYTES, 0);
      }
    } else {
      for (int i = 0; i < count; i++) {
        target.set(LONG, to + (long) i * Long.BYTES, 0);
      }
    }
  }

  static void copy(
      MemorySegment source,
      long from,
      long fromBytes,
      MemorySegment target,
      long to,
      long toBytes,
      int count,
      int elementBytes) {
    if (fromBytes == elementBytes && toBytes == elementBytes) {
      MemorySegment.copy(source, from, target, to, (long) count * elementBytes);
    } else if (elementBytes == Integer.BYTES) {
      for (int i = 0; i < count; i++) {
        target.set(INT, to + i * toBytes, source.get(INT, from + i * fromBytes));
      }
    } else {
      for (int i = 0; i < count; i++) {
        target.set(LONG, to + i * toBytes, source.get(LONG, from + i * fromBytes));
      }
    }
  }

  /** Copies a row without gaps and adds a number to each element. */
  static void copyAdding(
      MemorySegment source,
      long from,
      MemorySegment target,
      long to,
      long toBytes,
      int count,
      int elementBytes,
      double addend) {
    if (elementBytes == Float.BYTES) {
      float added = (float) addend;
      for (int i = 0; i < count; i++) {
        target.set(FLOAT, to + i * toBytes, source.get(FLOAT, from + i * 4L) + added);
      }
    } else {
      for (int i = 0; i < count; i++) {
        target.set(DOUBLE, to + i * toBytes, source.get(DOUBLE, from + i * 8L) + addend);
      }
    }
  }

  /** Copies rows of a matrix to the columns of another. */
  static void transpose(
      MemorySegment source,
      long from,
      long fromRowBytes,
      MemorySegment target,
      long to,
      long toRowBytes,
      int rows,
      int columns,
      int elementBytes) {
    for (int column = 0; column < columns; column++) {
      long at = from + (long) column * elementBytes;
      long start = to + column * toRowBytes;
      copy(source, at, fromRowBytes, target, start, elementBytes, rows, elementBytes);
    }
  }

  /** Adds a row without gaps to another. */
  static void addTo(
      int count, MemorySegment source, long from, MemorySegment target, long to, int elementBytes) {
    if (elementBytes == Float.BYTES) {
      for (int i = 0; i < count; i++) {
        float sum = target.get(FLOAT, to + i * 4L) + source.get(FLOAT, from + i * 4L);
        target.set(FLOAT, to + i * 4L, sum);
      }
    } else {
      for (int i = 0; i < count; i++) {
        double sum = target.get(DOUBLE, to + i * 8L) + source.get(DOUBLE, from + i * 8L);
        target.set(DOUBLE, to + i * 8L, sum);
      }
    }
  }
}
