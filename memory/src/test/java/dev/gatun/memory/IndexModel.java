package dev.gatun.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;

/**
 * A layout as the list of its elements' positions in row-major order: what the view algebra must
 * agree with, found by counting indices out.
 */
@SuppressWarnings("ArrayRecordComponent") // compared element by element
record IndexModel(long[] sizes, long[] positions) {

  static IndexModel contiguous(long... sizes) {
    long[] positions = new long[Math.toIntExact(count(sizes))];
    Arrays.setAll(positions, i -> i);
    return new IndexModel(sizes, positions);
  }

  private static long count(long[] sizes) {
    return Arrays.stream(sizes).reduce(1, (a, b) -> a * b);
  }

  /** Returns the view whose element at each index is this one's at the index that it maps to. */
  IndexModel view(long[] newSizes, Function<long[], long[]> source) {
    long[] result = new long[Math.toIntExact(count(newSizes))];
    for (int i = 0; i < result.length; i++) {
      result[i] = at(source.apply(index(newSizes, i)));
    }
    return new IndexModel(newSizes, result);
  }

  static long[] index(long[] sizes, long rowMajor) {
    long[] index = new long[sizes.length];
    for (int axis = sizes.length - 1; axis >= 0; axis--) {
      index[axis] = rowMajor % sizes[axis];
      rowMajor /= sizes[axis];
    }
    return index;
  }

  long at(long[] index) {
    long rowMajor = 0;
    for (int axis = 0; axis < sizes.length; axis++) {
      rowMajor = rowMajor * sizes[axis] + index[axis];
    }
    return positions[Math.toIntExact(rowMajor)];
  }

  IndexModel reshape(long[] newSizes) {
    return new IndexModel(newSizes, positions);
  }

  boolean isContiguous() {
    for (int i = 0; i < positions.length; i++) {
      if (positions[i] != positions[0] + i) {
        return false;
      }
    }
    return true;
  }

  boolean overlaps() {
    Set<Long> seen = new HashSet<>();
    for (long position : positions) {
      if (!seen.add(position)) {
        return true;
      }
    }
    return false;
  }

  /** Tells whether some strides give these positions. */
  boolean isStrided() {
    if (positions.length == 0) {
      return true;
    }
    long[] strides = new long[sizes.length];
    for (int axis = 0; axis < sizes.length; axis++) {
      long[] next = new long[sizes.length];
      if (sizes[axis] > 1) {
        next[axis] = 1;
        strides[axis] = at(next) - positions[0];
      }
    }
    for (int i = 0; i < positions.length; i++) {
      long[] index = index(sizes, i);
      long position = positions[0];
      for (int axis = 0; axis < sizes.length; axis++) {
        position += index[axis] * strides[axis];
      }
      if (position != positions[i]) {
        return false;
      }
    }
    return true;
  }

  /** Asserts that a layout says the same. */
  void assertDescribes(Layout layout) {
    assertArrayEquals(sizes, layout.shape().toArray());
    assertEquals(positions.length, layout.numel());
    long last = -1;
    for (int i = 0; i < positions.length; i++) {
      long[] index = index(sizes, i);
      long position = layout.offset();
      for (int axis = 0; axis < index.length; axis++) {
        position += index[axis] * layout.stride(axis);
      }
      assertEquals(positions[i], position, () -> layout + " at " + Arrays.toString(index));
      last = Math.max(last, position);
    }
    assertEquals(last + 1, layout.extent(), layout::toString);
    assertEquals(isContiguous(), layout.isContiguous(), layout::toString);
    if (overlaps()) {
      assertEquals(true, layout.mayOverlapItself(), layout::toString);
    }
    for (long stride : layout.strides()) {
      assertEquals(true, stride >= 0, layout::toString);
    }
  }
}
