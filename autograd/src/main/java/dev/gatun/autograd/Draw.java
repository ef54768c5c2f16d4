package dev.gatun.autograd;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Random choices from which an operation's declaration makes calls: shapes, axes and other
 * arguments.
 *
 * <p>There are two scales. For tests shapes are small, with sizes of zero and one among them. For
 * timing they are {@linkplain #ofWork of real work}: a tensor has about half a million elements and
 * no axis of size 0 or 1. A declaration asks for sizes in the words of its operation and gets them
 * at either scale; what it has to say about one scale alone it says where it asks: {@link
 * #size(long, long)}, {@link #sizes(int, int, long)}, {@link #scaled}, {@link #seldom}.
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

  /** About so many elements has a tensor of real work. */
  private static final long WORK_ELEMENTS = 1 << 19;

  /** A lone size of real work. */
  private static final long LEAST_WORK_SIZE = 200;

  private static final long MOST_WORK_SIZE = 700;

  /** An axis has no more than so many times its share of the elements, and no less than half. */
  private static final double MOST_OF_SHARE = 1.5;

  /** Pieces of work side by side come in so many along an axis. */
  private static final long LARGEST_BATCH = 3;

  private final RandomGenerator random;
  private final boolean isOfWork;

  /**
   * Starts from a seed, at the scale of tests.
   *
   * @param seed any number
   */
  public Draw(long seed) {
    this(seed, false);
  }

  private Draw(long seed, boolean isOfWork) {
    random = new SplittableRandom(seed);
    this.isOfWork = isOfWork;
  }

  /**
   * Starts from a seed, at the scale of real work.
   *
   * @param seed any number
   * @return the choices
   */
  public static Draw ofWork(long seed) {
    return new Draw(seed, true);
  }

  /**
   * Tells at which scale this draws.
   *
   * @return true for real work, false for tests
   */
  public boolean isOfWork() {
    return isOfWork;
  }

  /**
   * Returns the one of two numbers that belongs to the scale. Nothing is drawn.
   *
   * @param small the number for tests
   * @param ofWork the number for real work
   * @return one of them
   */
  public long scaled(long small, long ofWork) {
    return isOfWork ? ofWork : small;
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
   * Says yes once in a while in tests, and never in real work: for what is only done to test it.
   *
   * @param in how often, once in so many times
   * @return true then
   */
  public boolean seldom(int in) {
    return !isOfWork && oneIn(in);
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
   * Returns the size of an axis: mostly small, seldom zero, seldom a few vectors long; in real work
   * some hundreds.
   *
   * @return the size
   */
  public long size() {
    return size(LEAST_WORK_SIZE, MOST_WORK_SIZE);
  }

  /**
   * Returns the size of an axis: in tests any, as {@link #size()} does, in real work one of a
   * range.
   *
   * @param leastOfWork the least in real work
   * @param mostOfWork the greatest in real work, not below {@code leastOfWork}
   * @return the size
   */
  public long size(long leastOfWork, long mostOfWork) {
    if (isOfWork) {
      return between(leastOfWork, mostOfWork);
    }
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
   * Returns the size of an axis that stands for another one: in tests any, in real work from half
   * of the other's to all of it.
   *
   * @param other the size of the other axis
   * @return the size
   */
  public long sizeBeside(long other) {
    return size((other + 1) / 2, other);
  }

  /**
   * Returns sizes of axes; in real work of two at least where there may be as many, and of about
   * half a million elements.
   *
   * @param leastRank the least number of axes
   * @param mostRank the greatest number of axes
   * @return the sizes
   */
  public long[] sizes(int leastRank, int mostRank) {
    int least = isOfWork ? Math.max(leastRank, Math.min(2, mostRank)) : leastRank;
    return sizes(least, mostRank, WORK_ELEMENTS);
  }

  /**
   * Returns sizes of axes that are not all of a tensor, or of one that is not the largest.
   *
   * @param leastRank the least number of axes; in real work there is one at least
   * @param mostRank the greatest number of axes
   * @param elementsOfWork about how many elements they make in real work
   * @return the sizes
   */
  public long[] sizes(int leastRank, int mostRank, long elementsOfWork) {
    if (isOfWork) {
      return shared(elementsOfWork, new long[pick(Math.max(1, leastRank), mostRank)]);
    }
    long[] sizes = new long[pick(leastRank, mostRank)];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = size();
    }
    return sizes;
  }

  /** Shares elements out among axes; the last one takes what is left. */
  private long[] shared(long elements, long[] sizes) {
    double left = elements;
    for (int i = 0; i < sizes.length; i++) {
      int axes = sizes.length - i;
      double share = Math.pow(left, 1.0 / axes);
      double size = axes == 1 ? share : real(share / 2, share * MOST_OF_SHARE);
      sizes[i] = Math.max(2, Math.round(size));
      left /= sizes[i];
    }
    return sizes;
  }

  /**
   * Returns sizes of axes that count pieces of work of the same kind, such as the matrices of a
   * batch: in tests any, in real work few, and as often as not no more axes than there must be.
   *
   * @param leastRank the least number of axes
   * @param mostRank the greatest number of axes
   * @return the sizes
   */
  public long[] batch(int leastRank, int mostRank) {
    if (!isOfWork) {
      return sizes(leastRank, mostRank);
    }
    long[] sizes = new long[coin() ? leastRank : pick(leastRank, mostRank)];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = between(2, LARGEST_BATCH);
    }
    return sizes;
  }

  /**
   * Returns sizes of axes of a usual number.
   *
   * @return none to four sizes, seldom up to eight; in real work two to four
   */
  public long[] sizes() {
    if (isOfWork || !oneIn(MANY_AXES_IN)) {
      return sizes(0, LARGEST_RANK);
    }
    long[] sizes = new long[pick(LARGEST_RANK + 1, MOST_AXES)];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = between(1, 3);
    }
    return sizes;
  }

  /**
   * Returns sizes that broadcast to others: leading axes may be missing, and any may be 1. In real
   * work most are the others themselves.
   *
   * @param whole the sizes to broadcast to
   * @return the sizes
   */
  public long[] broadcastable(long... whole) {
    if (isOfWork && !oneIn(4)) {
      return whole.clone();
    }
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
