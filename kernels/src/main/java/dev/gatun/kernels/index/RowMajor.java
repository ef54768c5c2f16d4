package dev.gatun.kernels.index;

import dev.gatun.memory.StridedArray;

/** Where elements are, by their index in row-major order. */
final class RowMajor {
  private RowMajor() {}

  /** Returns the position of an element within the segment, in bytes. */
  static long offset(StridedArray array, long index) {
    var layout = array.layout();
    int shift = array.dtype().byteShift();
    if (layout.isContiguous()) {
      return layout.offset() + index << shift;
    }
    long rest = index;
    long offset = layout.offset();
    for (int axis = layout.rank() - 1; axis >= 0; axis--) {
      long size = layout.size(axis);
      long quotient = rest / size;
      offset += (rest - quotient * size) * layout.stride(axis);
      rest = quotient;
    }
    return offset << shift;
  }
}
