package dev.gatun.memory;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Arithmetic on sizes and strides, in elements. Strides are never negative; that of an axis of at
 * most one element is of no consequence.
 */
final class Strides {
  private Strides() {}

  /** Returns the strides of the row-major layout of a shape. */
  static long[] rowMajor(Shape shape) {
    long[] strides = new long[shape.rank()];
    long stride = 1;
    for (int axis = strides.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= Math.max(shape.size(axis), 1);
    }
    return strides;
  }

  /** Tells whether elements lie in row-major order without gaps. */
  static boolean isRowMajor(Shape shape, long[] strides) {
    if (shape.numel() <= 1) {
      return true;
    }
    long expected = 1;
    for (int axis = strides.length - 1; axis >= 0; axis--) {
      long size = shape.size(axis);
      if (size != 1) {
        if (strides[axis] != expected) {
          return false;
        }
        expected *= size;
      }
    }
    return true;
  }

  /** Returns one more than the position of the last element, or 0 when there is none. */
  static long extent(Shape shape, long[] strides, long offset) {
    if (shape.numel() == 0) {
      return 0;
    }
    long last = offset;
    for (int axis = 0; axis < strides.length; axis++) {
      last += (shape.size(axis) - 1) * strides[axis];
    }
    return last + 1;
  }

  /** Tells whether strides and offset are not negative, and positions fit a long. */
  static boolean areValid(Shape shape, long[] strides, long offset) {
    long last = offset;
    boolean valid = offset >= 0;
    for (int axis = 0; axis < strides.length; axis++) {
      long extent = Math.max(shape.size(axis) - 1, 0);
      long reach = extent * strides[axis];
      valid &= strides[axis] >= 0 && Math.multiplyHigh(extent, strides[axis]) == 0 && reach >= 0;
      last += reach;
      valid &= last >= 0;
    }
    return valid && last < Long.MAX_VALUE;
  }

  /** Tells whether two indices may have one position; false only when no two have. */
  static boolean mayOverlap(Shape shape, long[] strides) {
    if (shape.numel() <= 1) {
      return false;
    }
    long reach = 0;
    for (int axis : axesByStride(shape, strides)) {
      if (strides[axis] <= reach) {
        return true;
      }
      reach += (shape.size(axis) - 1) * strides[axis];
    }
    return false;
  }

  /** Returns the axes of more than one element, smallest stride first. */
  private static int[] axesByStride(Shape shape, long[] strides) {
    int[] axes = new int[strides.length];
    int count = 0;
    for (int axis = 0; axis < strides.length; axis++) {
      if (shape.size(axis) > 1) {
        int place = count++;
        while (place > 0 && strides[axes[place - 1]] > strides[axis]) {
          axes[place] = axes[place - 1];
          place--;
        }
        axes[place] = axis;
      }
    }
    return Arrays.copyOf(axes, count);
  }

  /**
   * Returns the strides under which another shape of as many elements has the same elements in the
   * same row-major order; null when there are none.
   */
  static long @Nullable [] reshape(Shape shape, long[] strides, Shape target) {
    long[] newStrides = new long[target.rank()];
    int to = target.rank() - 1;
    int from = strides.length - 1;
    while (from >= 0) {
      // A run of source axes that behaves as one axis: outer stride = inner stride x inner size.
      long runStride = strides[from];
      long runSize = shape.size(from);
      while (from > 0
          && (shape.size(from - 1) == 1
              || strides[from - 1] == runStride * runSize
              || runSize == 1)) {
        from--;
        if (runSize == 1) {
          runStride = strides[from];
        }
        runSize *= shape.size(from);
      }
      long covered = 1;
      while (to >= 0 && (covered < runSize || target.size(to) == 1)) {
        newStrides[to] = product(covered, runStride);
        covered *= target.size(to--);
      }
      if (covered != runSize) {
        return null;
      }
      from--;
    }
    return newStrides;
  }

  /** Multiplies, up to what a long holds: for strides that may be of no consequence. */
  static long product(long size, long stride) {
    boolean fits = Math.multiplyHigh(size, stride) == 0 && size * stride >= 0;
    return fits ? size * stride : Long.MAX_VALUE;
  }
}
