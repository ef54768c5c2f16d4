package dev.gatun.kernels.pooling;

import dev.gatun.memory.DType;
import dev.gatun.memory.StridedArray;
import java.lang.foreign.MemorySegment;

/** An array of four axes as planes: the first two axes select one, the last two lie in it. */
record Planes(
    DType dtype,
    MemorySegment segment,
    long offset,
    int channels,
    long imageBytes,
    long channelBytes,
    int rows,
    int columns,
    long rowBytes,
    long columnBytes) {

  static Planes of(StridedArray array) {
    var layout = array.layout();
    int shift = array.dtype().byteShift();
    return new Planes(
        array.dtype(),
        array.segment(),
        layout.offset() << shift,
        Math.toIntExact(layout.size(1)),
        layout.stride(0) << shift,
        layout.stride(1) << shift,
        Math.toIntExact(layout.size(2)),
        Math.toIntExact(layout.size(3)),
        layout.stride(2) << shift,
        layout.stride(3) << shift);
  }

  /** Returns the position of a plane in bytes. */
  long plane(long index) {
    return offset + index / channels * imageBytes + index % channels * channelBytes;
  }

  double get(long plane, int row, int column) {
    return dtype.getDouble(segment, plane + row * rowBytes + column * columnBytes);
  }

  void set(long plane, int row, int column, double value) {
    dtype.setDouble(segment, plane + row * rowBytes + column * columnBytes, value);
  }

  void setLong(long plane, int row, int column, long value) {
    dtype.setLong(segment, plane + row * rowBytes + column * columnBytes, value);
  }
}
