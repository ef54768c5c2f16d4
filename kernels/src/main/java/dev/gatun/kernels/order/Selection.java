package dev.gatun.kernels.order;

import java.util.Arrays;

/** Finds the element of a rank among numbers, no two of which are alike. */
final class Selection {
  /** Ranges as short as this are sorted. */
  private static final int SHORT = 32;

  private Selection() {}

  /** Puts the element of a rank in its place, smaller ones before it and larger ones after it. */
  static void select(long[] values, int length, int rank) {
    int low = 0;
    int high = length - 1;
    // Pivots that keep failing to divide a range end in a sort, which is never slow.
    int rounds = 2 * (Integer.SIZE - Integer.numberOfLeadingZeros(length));
    while (high - low > SHORT && rounds-- > 0) {
      long pivot = median(values[low], values[low + high >>> 1], values[high]);
      int i = low - 1;
      int j = high + 1;
      while (true) {
        do {
          i++;
        } while (values[i] < pivot);
        do {
          j--;
        } while (values[j] > pivot);
        if (i >= j) {
          break;
        }
        long swapped = values[i];
        values[i] = values[j];
        values[j] = swapped;
      }
      if (rank <= j) {
        high = j;
      } else {
        low = j + 1;
      }
    }
    Arrays.sort(values, low, high + 1);
  }

  private static long median(long a, long b, long c) {
    return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
  }
}
