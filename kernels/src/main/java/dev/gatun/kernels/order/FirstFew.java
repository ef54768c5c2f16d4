package dev.gatun.kernels.order;

/** Finds the smallest few of many numbers in one pass, no two of which are alike. */
final class FirstFew {
  /** As many as are found so. */
  static final int MOST = 64;

  /** Numbers that come in falling order, or nearly, are moved too often. */
  private static final int MOVES_PER_NUMBER = 4;

  private FirstFew() {}

  /**
   * Finds the smallest, unless that takes long.
   *
   * @param values the numbers
   * @param length how many there are, not less than {@code count}
   * @param first becomes the smallest ones, in order
   * @param count how many are wanted, one at least
   * @return whether they have been found
   */
  static boolean find(long[] values, int length, long[] first, int count) {
    long movesLeft = (long) MOVES_PER_NUMBER * length;
    int found = 0;
    long largest = Long.MAX_VALUE;
    for (int i = 0; i < length; i++) {
      long value = values[i];
      if (value < largest || found < count) {
        int at = found < count ? found++ : count - 1;
        for (; at > 0 && first[at - 1] > value; at--) {
          first[at] = first[at - 1];
          movesLeft--;
        }
        first[at] = value;
        if (found == count) {
          largest = first[count - 1];
        }
        if (movesLeft < 0) {
          return false;
        }
      }
    }
    return true;
  }
}
