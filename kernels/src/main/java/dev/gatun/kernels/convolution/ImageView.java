package dev.gatun.kernels.convolution;

import dev.gatun.memory.DType;
import dev.gatun.memory.StridedArray;
import java.lang.foreign.MemorySegment;

/** An array of four axes as a segment and strides in bytes. */
record ImageView(
    DType dtype,
    MemorySegment segment,
    long offset,
    long first,
    long second,
    long row,
    long column) {

  static ImageView of(StridedArray array) {
    var layout = array.layout();
    int shift = array.dtype().byteShift();
    return new ImageView(
        array.dtype(),
        array.segment(),
        layout.offset() << shift,
        layout.stride(0) << shift,
        layout.stride(1) << shift,
        layout.stride(2) << shift,
        layout.stride(3) << shift);
  }

  long position(long a, long b, long y, long x) {
    return offset + a * first + b * second + y * row + x * column;
  }

  double get(long a, long b, long y, long x) {
    return dtype.getDouble(segment, position(a, b, y, x));
  }

  void set(long a, long b, long y, long x, double value) {
    dtype.setDouble(segment, position(a, b, y, x), value);
  }
}
