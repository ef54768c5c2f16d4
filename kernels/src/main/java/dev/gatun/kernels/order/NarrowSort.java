package dev.gatun.kernels.order;

import java.util.Arrays;

/**
 * Sorts keys of 32 bits that stand above their positions, of which those of equal keys ascend. From
 * the lowest byte of a key on, each pass keeps the order of the one before.
 */
final class NarrowSort {
  /** Fewer are sorted faster by comparing them. */
  static final int FEWEST = 256;

  private static final int BITS = 8;
  private static final int BUCKETS = 1 << BITS;
  private static final int KEY_SHIFT = Integer.SIZE;
  private static final int DIGITS = (Long.SIZE - KEY_SHIFT) / BITS;

  private NarrowSort() {}

  /**
   * Sorts.
   *
   * @param keys the keys
   * @param other scratch for as many
   * @param starts scratch of {@link #startsLength()} numbers
   * @param length how many keys there are, one at least
   */
  static void sort(long[] keys, long[] other, int[] starts, int length) {
    count(keys, length, starts);
    long[] from = keys;
    long[] to = other;
    for (int digit = 0; digit < DIGITS; digit++) {
      if (findStarts(starts, digit, bucket(from[0], digit), length)) {
        distribute(from, to, starts, digit, length);
        long[] swapped = from;
        from = to;
        to = swapped;
      }
    }
    if (from != keys) {
      System.arraycopy(from, 0, keys, 0, length);
    }
  }

  static int startsLength() {
    return DIGITS * BUCKETS;
  }

  private static int bucket(long key, int digit) {
    // With the sign turned around, the order is that of unsigned integers.
    return (int) ((key ^ Long.MIN_VALUE) >>> KEY_SHIFT + digit * BITS) & BUCKETS - 1;
  }

  private static void count(long[] keys, int length, int[] counts) {
    Arrays.fill(counts, 0);
    for (int i = 0; i < length; i++) {
      int key = (int) ((keys[i] ^ Long.MIN_VALUE) >>> KEY_SHIFT);
      counts[key & 0xFF]++;
      counts[BUCKETS + (key >>> BITS & 0xFF)]++;
      counts[2 * BUCKETS + (key >>> 2 * BITS & 0xFF)]++;
      counts[3 * BUCKETS + (key >>> 3 * BITS)]++;
    }
  }

  /** Finds where each bucket starts; returns whether there is more than the one of a key. */
  private static boolean findStarts(int[] starts, int digit, int bucket, int length) {
    int base = digit * BUCKETS;
    if (starts[base + bucket] == length) {
      return false;
    }
    int next = 0;
    for (int i = base; i < base + BUCKETS; i++) {
      int size = starts[i];
      starts[i] = next;
      next += size;
    }
    return true;
  }

  private static void distribute(long[] from, long[] to, int[] starts, int digit, int length) {
    int base = digit * BUCKETS;
    for (int i = 0; i < length; i++) {
      long key = from[i];
      to[starts[base + bucket(key, digit)]++] = key;
    }
  }
}
