package dev.gatun.kernels.order;

import dev.gatun.kernels.record.Written;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.StridedArray;

/**
 * Kernels that find the positions of elements in the order of their values, line by line along one
 * axis.
 *
 * <p>NaN is larger than every number, and the two zeros are equal. Among equal elements the first
 * one comes first, so that results depend on the elements alone: not on the number of threads, nor
 * on the provider. Inputs are of any element type, positions int64 and counted from the start of a
 * line. Axes are counted from the front; there is one at least. Outputs must not overlap inputs.
 * Methods are safe to call from any thread. They use memory on the heap, for a few lines on each
 * thread, and keep it for the next call until the garbage collector needs it.
 *
 * <p>All methods throw {@link ArgumentException} for lines longer than a Java array can be.
 */
public interface OrderKernels {
  /**
   * Finds the positions of all elements in their order.
   *
   * @param out the positions, of the shape of {@code in}
   * @param in what is ordered
   * @param axis the axis
   * @param descending whether the largest comes first; equal elements stay as they are
   */
  void argSort(@Written StridedArray out, StridedArray in, int axis, boolean descending);

  /**
   * Finds the positions of the largest or the smallest elements, in their order.
   *
   * @param out the positions; the shape of {@code in} with as many as are wanted along {@code axis}
   * @param in what is searched
   * @param axis the axis
   * @param largest whether the largest are wanted
   */
  void argTop(@Written StridedArray out, StridedArray in, int axis, boolean largest);

  /**
   * Finds the position of the element that has a place in the ascending order.
   *
   * @param out the positions; the shape of {@code in} with size 1 along {@code axis}
   * @param in what is searched
   * @param axis the axis, not empty
   * @param rank how many elements come before it, less than there are
   */
  void argRank(@Written StridedArray out, StridedArray in, int axis, long rank);

  /**
   * Finds the position of the median: of an even number of elements, the lower one of the middle.
   *
   * @param out the positions; the shape of {@code in} with size 1 along {@code axis}
   * @param in what is searched
   * @param axis the axis, not empty
   * @param ignoreNan whether NaN does not count; else the first NaN is the median if there is one
   */
  void argMedian(@Written StridedArray out, StridedArray in, int axis, boolean ignoreNan);

  /**
   * Finds the last position of the most frequent element, the smallest of those that are equally
   * frequent. No NaN equals another.
   *
   * @param out the positions; the shape of {@code in} with size 1 along {@code axis}
   * @param in what is searched
   * @param axis the axis, not empty
   */
  void argMode(@Written StridedArray out, StridedArray in, int axis);

  /**
   * Finds for each element the position of the largest or the smallest one up to there: the last of
   * equals, and of NaN if there is one.
   *
   * @param out the positions, of the shape of {@code in}
   * @param in what is searched
   * @param axis the axis
   * @param largest whether the largest is wanted
   */
  void argRunning(@Written StridedArray out, StridedArray in, int axis, boolean largest);

  /**
   * Finds where values belong in ascending lines: how many elements are less, or not greater. All
   * elements come before NaN, other NaNs included.
   *
   * @param out the positions, of the shape of {@code values}
   * @param sorted the ascending lines, along the last axis; the other axes are those of {@code
   *     values}
   * @param values what is looked for, of the element type of {@code sorted}
   * @param right whether elements that equal the value come before it
   */
  void searchSorted(
      @Written StridedArray out, StridedArray sorted, StridedArray values, boolean right);
}
