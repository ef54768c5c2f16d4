package dev.gatun.kernels.order;

import java.util.Arrays;

/** Sorts keys of 64 bits together with their positions, equal keys as they are. */
final class WideSort {
  private static final int INSERTION = 48;
  private static final int BITS = 8;
  private static final int BUCKETS = 1 << BITS;

  private WideSort() {}

  static int startsLength() {
    return BUCKETS;
  }

  /** Sorts; the other three arrays are scratch, the last one of {@link #startsLength()} numbers. */
  static void sort(
      long[] keys,
      int[] positions,
      long[] otherKeys,
      int[] otherPositions,
      int[] starts,
      int length) {
    if (length <= INSERTION) {
      insert(keys, positions, length);
      return;
    }
    // From the lowest byte on, each pass keeps the order of those before.
    long[] from = keys;
    int[] fromPositions = positions;
    long[] to = otherKeys;
    int[] toPositions = otherPositions;
    for (int shift = 0; shift < Long.SIZE; shift += BITS) {
      if (!count(from, length, shift, starts)) {
        continue;
      }
      for (int i = 0; i < length; i++) {
        int at = starts[bucket(from[i], shift)]++;
        to[at] = from[i];
        toPositions[at] = fromPositions[i];
      }
      long[] swapped = from;
      from = to;
      to = swapped;
      int[] swappedPositions = fromPositions;
      fromPositions = toPositions;
      toPositions = swappedPositions;
    }
    if (from != keys) {
      System.arraycopy(from, 0, keys, 0, length);
      System.arraycopy(fromPositions, 0, positions, 0, length);
    }
  }

  private static int bucket(long key, int shift) {
    // With the sign turned around, the order is that of unsigned integers.
    return (int) ((key ^ Long.MIN_VALUE) >>> shift) & BUCKETS - 1;
  }

  /** Finds where each bucket starts; returns whether there is more than one. */
  private static boolean count(long[] keys, int length, int shift, int[] starts) {
    Arrays.fill(starts, 0, BUCKETS, 0);
    for (int i = 0; i < length; i++) {
      starts[bucket(keys[i], shift)]++;
    }
    if (starts[bucket(keys[0], shift)] == length) {
      return false;
    }
    int next = 0;
    for (int i = 0; i < BUCKETS; i++) {
      int size = starts[i];
      starts[i] = next;
      next += size;
    }
    return true;
  }

  private static void insert(long[] keys, int[] positions, int length) {
    for (int i = 1; i < length; i++) {
      long key = keys[i];
      int position = positions[i];
      int at = i;
      while (at > 0 && keys[at - 1] > key) {
        keys[at] = keys[at - 1];
        positions[at] = positions[at - 1];
        at--;
      }
      keys[at] = key;
      positions[at] = position;
    }
  }
}
