package dev.gatun.memory;

import java.util.Arrays;

/**
 * Looks for a byte that two arrays have in common.
 *
 * <p>A byte of an array lies at its start plus a multiple of each stride, plus its place within the
 * element. Two are one where the sum of some strides of one array, less that of some of the other,
 * is the distance of the starts. Counted from the other array's end its strides are added, too: is
 * the target a sum of multiples of strides, each up to a bound? The largest stride goes first. What
 * the others can add up to bounds its multiple, to one or two for axes that lie within each other.
 */
final class OverlapSearch {
  /** More than layouts take whose axes lie within each other. */
  private static final int MOST_STEPS = 1 << 12;

  /** Different strides, the largest first. */
  private final long[] strides;

  /** The most that each stride may be taken times. */
  private final long[] most;

  /** What the strides from each one on can add up to at most. */
  private final long[] reach;

  /** The greatest common divisor of the strides from each one on. */
  private final long[] divisors;

  private int steps;

  private OverlapSearch(long[] strides, long[] most) {
    this.strides = strides;
    this.most = most;
    int count = strides.length;
    reach = new long[count + 1];
    divisors = new long[count + 1];
    for (int i = count - 1; i >= 0; i--) {
      reach[i] = reach[i + 1] + strides[i] * most[i];
      divisors[i] = greatestCommonDivisor(strides[i], divisors[i + 1]);
    }
  }

  /**
   * Compares two arrays.
   *
   * @param distance where the first byte of the second one lies, counted from that of the first one
   */
  static Overlap of(StridedArray first, StridedArray second, long distance) {
    int size = second.dtype().byteSize();
    // Elements of one size that begin where others do are compared as such, else byte by byte.
    boolean whole = first.dtype().byteSize() == size && distance % size == 0;
    long[] strides = new long[first.layout().rank() + second.layout().rank() + 1];
    long[] most = new long[strides.length];
    int count = add(strides, most, 0, first, whole);
    long before = extent(strides, most, count);
    count = add(strides, most, count, second, whole);
    long target = (whole ? distance / size : distance) + extent(strides, most, count) - before;
    if (!whole) {
      strides[count] = 1;
      most[count++] = size - 1 + first.dtype().byteSize() - 1;
      target += size - 1;
    }
    return search(strides, most, count, target);
  }

  private static int add(
      long[] strides, long[] most, int count, StridedArray array, boolean whole) {
    Layout layout = array.layout();
    int next = count;
    for (int axis = 0; axis < layout.rank(); axis++) {
      if (layout.size(axis) > 1 && layout.stride(axis) > 0) {
        strides[next] = layout.stride(axis) << (whole ? 0 : array.dtype().byteShift());
        most[next++] = layout.size(axis) - 1;
      }
    }
    return next;
  }

  private static long extent(long[] strides, long[] most, int count) {
    long sum = 0;
    for (int i = 0; i < count; i++) {
      sum += strides[i] * most[i];
    }
    return sum;
  }

  private static Overlap search(long[] strides, long[] most, int count, long target) {
    long[] different = Arrays.stream(strides, 0, count).sorted().distinct().toArray();
    long[] sorted = new long[different.length];
    long[] times = new long[different.length];
    for (int i = 0; i < sorted.length; i++) {
      sorted[i] = different[sorted.length - 1 - i];
      for (int j = 0; j < count; j++) {
        times[i] += strides[j] == sorted[i] ? most[j] : 0;
      }
    }
    OverlapSearch search = new OverlapSearch(sorted, times);
    boolean found = search.isSum(0, target);
    return found ? Overlap.SOME : search.steps > MOST_STEPS ? Overlap.UNDECIDED : Overlap.NONE;
  }

  /** Whether multiples of the strides from one on add up to a number, as far as steps are left. */
  private boolean isSum(int from, long target) {
    if (target == 0) {
      return true;
    }
    if (target < 0 || target > reach[from] || target % divisors[from] != 0) {
      return false;
    }
    long stride = strides[from];
    long low = Math.max(0, (target - reach[from + 1] + stride - 1) / stride);
    long high = Math.min(most[from], target / stride);
    for (long times = high; times >= low; times--) {
      if (++steps > MOST_STEPS) {
        return false;
      }
      if (isSum(from + 1, target - times * stride)) {
        return true;
      }
    }
    return false;
  }

  private static long greatestCommonDivisor(long a, long b) {
    return b == 0 ? a : greatestCommonDivisor(b, a % b);
  }
}
