package dev.gatun.autograd;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Random choices from which an operation's declaration makes calls to test: small shapes, with
 * sizes of zero and one among them, axes and other arguments.
 *
 * <p>The same seed gives the same choices. One thread uses it at a time.
 */
public final class Draw {
  private static final int LARGEST_RANK = 4;
  private static final int LARGEST_SIZE = 7;

  /** One tensor of so many has more axes than that, short ones. */
  private static final int MANY_AXES_IN = 16;

  private static final int MOST_AXES = 8;

  /** One size of so many is zero. */
  private static final int ZERO_IN = 24;

  /** One size of so many is that of a row of several vectors. */
  private static final int LONG_IN = 16;

  private static final int LONG_SIZE = 67;

  private final RandomGenerator random;

  /**
   * Starts from a seed.
   *
   * @param seed any number
   */
  public Draw(long seed) {
    random = new SplittableRandom(seed);
  }

  /**
   * Returns a number of a range.
   *
   * @param low the lowest
   * @param high the highest, not below {@code low}
   * @return one of them
   */
  public long between(long low, long high) {
    return low + random.nextLong(high - low + 1);
  }

  /**
   * Returns an {@code int} of a range.
   *
   * @param low the lowest
   * @param high the highest, not below {@code low}
   * @return one of them
   */
  public int pick(int low, int high) {
    return (int) between(low, high);
  }

  /**
   * Tosses a coin.
   *
   * @return true or false
   */
  public boolean coin() {
    return random.nextBoolean();
  }

  /**
   * Says yes once in a while.
   *
   * @param in how often, once in so many times
   * @return true then
   */
  public boolean oneIn(int in) {
    return random.nextInt(in) == 0;
  }

  /**
   * Returns a number from a range.
   *
   * @param low the lower bound
   * @param high the upper bound
   * @return a number between them
   */
  public double real(double low, double high) {
    return random.nextDouble(low, high);
  }

  /**
   * Returns one of several.
   *
   * @param <T> their type
   * @param choices what there is, one at least
   * @return one of them
   */
  @SafeVarargs
  public final <T> T oneOf(T... choices) {
    return choices[random.nextInt(choices.length)];
  }

  /**
   * Returns the size of an axis: mostly small, seldom zero, seldom a few vectors long.
   *
   * @return the size
   */
  public long size() {
    if (oneIn(ZERO_IN)) {
      return 0;
    }
    return oneIn(LONG_IN) ? between(LARGEST_SIZE, LONG_SIZE) : between(1, LARGEST_SIZE);
  }

  /**
   * Returns the size of an axis that is not empty.
   *
   * @return the size, at least 1
   */
  public long positiveSize() {
    return Math.max(1, size());
  }

  /**
   * Returns sizes of axes.
   *
   * @param leastRank the least number of axes
   * @param mostRank the greatest number of axes
   * @return the sizes
   */
  public long[] sizes(int leastRank, int mostRank) {
    long[] sizes = new long[pick(leastRank, mostRank)];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = size();
    }
    return sizes;
  }

  /**
   * Returns sizes of axes of a usual number.
   *
   * @return none to four sizes, seldom up to eight
   */
  public long[] sizes() {
    if (!oneIn(MANY_AXES_IN)) {
      return sizes(0, LARGEST_RANK);
    }
    long[] sizes = new long[pick(LARGEST_RANK + 1, MOST_AXES)];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = between(1, 3);
    }
    return sizes;
  }

  /**
   * Returns sizes that broadcast to others: leading axes may be missing, and any may be 1.
   *
   * @param whole the sizes to broadcast to
   * @return the sizes
   */
  public long[] broadcastable(long... whole) {
    int missing = oneIn(4) ? pick(0, whole.length) : 0;
    long[] sizes = new long[whole.length - missing];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = oneIn(4) ? 1 : whole[missing + i];
    }
    return sizes;
  }

  /**
   * Returns an axis, counted from either end.
   *
   * @param rank the number of axes; 0 counts as 1
   * @return the axis
   */
  public int axis(int rank) {
    int axes = Math.max(1, rank);
    return pick(-axes, axes - 1);
  }

  /**
   * Returns some different axes in any order, counted from either end; perhaps none.
   *
   * @param rank the number of axes there are
   * @return the axes
   */
  public int[] axes(int rank) {
    int[] order = permutation(rank);
    int[] axes = new int[pick(0, rank)];
    for (int i = 0; i < axes.length; i++) {
      axes[i] = coin() ? order[i] : order[i] - rank;
    }
    return axes;
  }

  /**
   * Returns the axes in another order.
   *
   * @param rank the number of axes there are
   * @return each of them once
   */
  public int[] permutation(int rank) {
    int[] order = new int[rank];
    for (int i = 0; i < rank; i++) {
      int j = pick(0, i);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }
}
