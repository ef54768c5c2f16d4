package dev.gatun.kernels.traverse;

import java.util.Arrays;

/**
 * Axes of up to three arrays that are walked in step, sorted by the strides of the first array, the
 * largest first. Strides are in whatever unit they are given, kernels give bytes. A reusable
 * builder, not thread-safe while it is changed.
 */
public final class Axes {
  private int count;
  private long[] sizes = new long[8];
  private long[] first = new long[8];
  private long[] second = new long[8];
  private long[] third = new long[8];

  /** Makes an empty set of axes. */
  public Axes() {}

  /** Removes all axes. */
  public void clear() {
    count = 0;
  }

  /**
   * Adds an axis. Among axes with equal strides of the first array, the one added later is the
   * inner one.
   *
   * @param size the number of elements along it
   * @param firstStride the distance of neighbours in the first array
   * @param secondStride the distance of neighbours in the second array
   * @param thirdStride the distance of neighbours in the third array
   */
  public void insert(long size, long firstStride, long secondStride, long thirdStride) {
    if (count == sizes.length) {
      sizes = Arrays.copyOf(sizes, 2 * count);
      first = Arrays.copyOf(first, 2 * count);
      second = Arrays.copyOf(second, 2 * count);
      third = Arrays.copyOf(third, 2 * count);
    }
    int at = count++;
    while (at > 0 && first[at - 1] < firstStride) {
      copy(at - 1, at);
      at--;
    }
    sizes[at] = size;
    first[at] = firstStride;
    second[at] = secondStride;
    third[at] = thirdStride;
  }

  /** Makes one axis of neighbours that are one evenly spaced run in every array. */
  public void merge() {
    int last = 0;
    for (int i = 1; i < count; i++) {
      long size = sizes[i];
      if (first[last] == first[i] * size
          && second[last] == second[i] * size
          && third[last] == third[i] * size) {
        size *= sizes[last];
        copy(i, last);
        sizes[last] = size;
      } else {
        copy(i, ++last);
      }
    }
    count = Math.min(count, last + 1);
  }

  private void copy(int from, int to) {
    sizes[to] = sizes[from];
    first[to] = first[from];
    second[to] = second[from];
    third[to] = third[from];
  }

  /** Exchanges the two innermost axes. */
  public void exchangeInnermost() {
    int inner = count - 1;
    int outer = count - 2;
    long size = sizes[inner];
    long firstStride = first[inner];
    long secondStride = second[inner];
    long thirdStride = third[inner];
    copy(outer, inner);
    sizes[outer] = size;
    first[outer] = firstStride;
    second[outer] = secondStride;
    third[outer] = thirdStride;
  }

  /** Removes the innermost axis, whose size and strides stay readable at index {@link #count()}. */
  public void dropInnermost() {
    count--;
  }

  /**
   * Returns the number of axes.
   *
   * @return the count
   */
  public int count() {
    return count;
  }

  /**
   * Returns the size of an axis.
   *
   * @param axis its index, 0 for the outermost
   * @return the number of elements along it
   */
  public long size(int axis) {
    return sizes[axis];
  }

  /**
   * Returns a stride of the first array.
   *
   * @param axis the axis, 0 for the outermost
   * @return the distance of neighbours
   */
  public long firstStride(int axis) {
    return first[axis];
  }

  /**
   * Returns a stride of the second array.
   *
   * @param axis the axis, 0 for the outermost
   * @return the distance of neighbours
   */
  public long secondStride(int axis) {
    return second[axis];
  }

  /**
   * Returns a stride of the third array.
   *
   * @param axis the axis, 0 for the outermost
   * @return the distance of neighbours
   */
  public long thirdStride(int axis) {
    return third[axis];
  }

  /**
   * Returns the number of elements.
   *
   * @return the product of the sizes
   */
  public long product() {
    long product = 1;
    for (int i = 0; i < count; i++) {
      product *= sizes[i];
    }
    return product;
  }

  /**
   * Returns where an element of the first array is.
   *
   * @param index its row-major index among these axes
   * @return its distance from the first element
   */
  public long firstOffset(long index) {
    return offset(index, first);
  }

  /**
   * Returns where an element of the second array is.
   *
   * @param index its row-major index among these axes
   * @return its distance from the first element
   */
  public long secondOffset(long index) {
    return offset(index, second);
  }

  /**
   * Returns where an element of the third array is.
   *
   * @param index its row-major index among these axes
   * @return its distance from the first element
   */
  public long thirdOffset(long index) {
    return offset(index, third);
  }

  private long offset(long index, long[] strides) {
    long rest = index;
    long offset = 0;
    for (int i = count - 1; i > 0; i--) {
      long size = sizes[i];
      long quotient = rest / size;
      offset += (rest - quotient * size) * strides[i];
      rest = quotient;
    }
    return count == 0 ? 0 : offset + rest * strides[0];
  }
}
