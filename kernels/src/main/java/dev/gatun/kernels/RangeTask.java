package dev.gatun.kernels;

/**
 * Work over a range of indices that may be cut into parts and run by several threads at once.
 *
 * @see Workers#parallelFor(long, long, RangeTask)
 */
@FunctionalInterface
public interface RangeTask {
  /**
   * Does the work of the indices {@code from} (inclusive) to {@code to} (exclusive).
   *
   * @param from the first index of this part
   * @param to one past the last index of this part, greater than {@code from}
   */
  void run(long from, long to);
}
