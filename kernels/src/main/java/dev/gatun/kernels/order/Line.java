package dev.gatun.kernels.order;

import dev.gatun.kernels.scratch.ScratchPool;
import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.SoftReference;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The elements of one line as keys, integers that have their order, and the positions of the
 * smallest of them. Used for one line after the other by one thread, and kept for the next call.
 */
final class Line {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.nativeOrder());
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.nativeOrder());
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.nativeOrder());
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.nativeOrder());

  private static final int NAN = Float.floatToIntBits(Float.NaN);
  private static final long WIDE_NAN = Double.doubleToLongBits(Double.NaN);

  /** A key beside its position, where both fit. */
  private static final int KEY_SHIFT = Integer.SIZE;

  private static final long POSITION = (1L << KEY_SHIFT) - 1;

  /** Soft, so that memory for one very long line is not lost for good. */
  private static final ScratchPool<SoftReference<Line>> KEPT =
      new ScratchPool<>(() -> new Line().reference);

  private final SoftReference<Line> reference = new SoftReference<>(this);
  private DType type = DType.FLOAT32;
  private int length;
  private boolean wide;

  /** Keys, or where they are narrow, keys beside positions. */
  private long[] keys = {};

  /** The positions of wide keys. */
  private int[] positions = {};

  /** Scratch, made when it is needed. */
  private long[] otherKeys = {};

  private int[] otherPositions = {};
  private int[] starts = {};
  private long[] few = {};

  private Line() {}

  /** Takes one for lines of some length, which the caller gives back. */
  static Line take(DType type, int length) {
    Line line = KEPT.take().get();
    if (line == null) {
      line = new Line();
    }
    line.type = type;
    line.length = length;
    line.wide = type == DType.FLOAT64 || type == DType.INT64;
    line.keys = reserve(line.keys, length);
    if (line.wide) {
      line.positions = reserve(line.positions, length);
    }
    return line;
  }

  void giveBack() {
    KEPT.giveBack(reference);
  }

  private static long[] reserve(long[] array, int length) {
    return array.length < length ? new long[length] : array;
  }

  private static int[] reserve(int[] array, int length) {
    return array.length < length ? new int[length] : array;
  }

  int length() {
    return length;
  }

  /** Reads the elements; {@code descending} turns their order around. */
  void read(MemorySegment in, long start, long stride, boolean descending) {
    switch (type) {
      case FLOAT64 -> {
        for (int i = 0; i < length; i++) {
          keys[i] = key(in.get(DOUBLE, start + i * stride));
        }
      }
      case INT64 -> {
        for (int i = 0; i < length; i++) {
          keys[i] = in.get(LONG, start + i * stride);
        }
      }
      case FLOAT32 -> {
        for (int i = 0; i < length; i++) {
          keys[i] = key(in.get(FLOAT, start + i * stride));
        }
      }
      case INT32 -> {
        for (int i = 0; i < length; i++) {
          keys[i] = in.get(INT, start + i * stride);
        }
      }
      case FLOAT16, BFLOAT16 -> {
        for (int i = 0; i < length; i++) {
          keys[i] = key((float) type.getDouble(in, start + i * stride));
        }
      }
      case INT8, UINT8, INT16, BOOL -> {
        for (int i = 0; i < length; i++) {
          keys[i] = type.getLong(in, start + i * stride);
        }
      }
    }
    // The complement turns the order of integers around, without an overflow.
    long flip = descending ? -1 : 0;
    for (int i = 0; i < length; i++) {
      keys[i] = wide ? keys[i] ^ flip : (keys[i] ^ flip) << KEY_SHIFT | i;
    }
    if (wide) {
      for (int i = 0; i < length; i++) {
        positions[i] = i;
      }
    }
  }

  /** The bits of a number, so that those of negative ones have the order of integers too. */
  private static int key(float x) {
    int bits = Float.floatToIntBits(x + 0.0f);
    return bits >= 0 ? bits : bits ^ Integer.MAX_VALUE;
  }

  private static long key(double x) {
    long bits = Double.doubleToLongBits(x + 0.0);
    return bits >= 0 ? bits : bits ^ Long.MAX_VALUE;
  }

  private long keyAt(int i) {
    return wide ? keys[i] : keys[i] >> KEY_SHIFT;
  }

  private boolean isNanKey(long key) {
    return type.isFloatingPoint() && key == (wide ? WIDE_NAN : NAN);
  }

  /** Tells whether the element in a place is NaN; of lines that were not turned around. */
  boolean isNan(int place) {
    return isNanKey(keyAt(place));
  }

  /** Tells whether the elements in two places are equal; no NaN is. */
  boolean areEqual(int place, int other) {
    long key = keyAt(place);
    return key == keyAt(other) && !isNanKey(key);
  }

  /** The position of the element that is in a place now. */
  long position(int place) {
    return wide ? positions[place] : keys[place] & POSITION;
  }

  /** Puts all elements in order. */
  void sort() {
    if (wide) {
      otherKeys = reserve(otherKeys, length);
      otherPositions = reserve(otherPositions, length);
      starts = reserve(starts, WideSort.startsLength());
      WideSort.sort(keys, positions, otherKeys, otherPositions, starts, length);
    } else {
      sortNarrow(length);
    }
  }

  /** Puts the elements of the first places in order. */
  private void sortNarrow(int count) {
    if (count < NarrowSort.FEWEST) {
      Arrays.sort(keys, 0, count);
    } else {
      otherKeys = reserve(otherKeys, count);
      starts = reserve(starts, NarrowSort.startsLength());
      NarrowSort.sort(keys, otherKeys, starts, count);
    }
  }

  /** Puts the first elements of the order in their places, in order. */
  void sortFirst(int count) {
    if (count == 0) {
      return;
    }
    if (wide || count > length / 4) {
      sort();
    } else if (count <= FirstFew.MOST && findFew(count)) {
      System.arraycopy(few, 0, keys, 0, count);
    } else if (count < NarrowSort.FEWEST) {
      Selection.select(keys, length, count - 1);
      Arrays.sort(keys, 0, count);
    } else {
      keepFirst(count);
      sortNarrow(count);
    }
  }

  /** Keeps the first elements of the order, as they follow each other in the line. */
  private void keepFirst(int count) {
    otherKeys = reserve(otherKeys, length);
    System.arraycopy(keys, 0, otherKeys, 0, length);
    Selection.select(otherKeys, length, count - 1);
    long last = otherKeys[count - 1];
    int kept = 0;
    for (int i = 0; i < length; i++) {
      long key = keys[i];
      keys[kept] = key;
      kept += key <= last ? 1 : 0;
    }
  }

  private boolean findFew(int count) {
    few = reserve(few, count);
    return FirstFew.find(keys, length, few, count);
  }

  /** Puts the element of a rank in its place. */
  void rank(int rank) {
    if (wide) {
      sort();
    } else {
      Selection.select(keys, length, rank);
    }
  }
}
