package dev.gatun.kernels.pooling;

import dev.gatun.memory.DType;
import dev.gatun.memory.StridedArray;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * An array of four axes as planes: the first two axes select one, the last two lie in it. Set anew
 * for each call.
 *
 * <p>The two common types are told apart here, since the methods of {@link DType} for all of them
 * are too large for the compiler to put into loops.
 */
final class Planes {
  private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED;
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

  int rows;
  int columns;

  private DType dtype = DType.FLOAT32;
  private MemorySegment segment = MemorySegment.NULL;
  private long offset;
  private long channels;
  private long imageBytes;
  private long channelBytes;
  private long rowBytes;
  private long columnBytes;

  void set(StridedArray array) {
    var layout = array.layout();
    dtype = array.dtype();
    segment = array.segment();
    int shift = dtype.byteShift();
    offset = layout.offset() << shift;
    channels = layout.size(1);
    rows = Math.toIntExact(layout.size(2));
    columns = Math.toIntExact(layout.size(3));
    imageBytes = layout.stride(0) << shift;
    channelBytes = layout.stride(1) << shift;
    rowBytes = layout.stride(2) << shift;
    columnBytes = layout.stride(3) << shift;
  }

  /** Lets go of the array. */
  void clear() {
    segment = MemorySegment.NULL;
  }

  /** Returns the position of a plane in bytes. */
  long plane(long index) {
    return offset + index / channels * imageBytes + index % channels * channelBytes;
  }

  double get(long plane, long row, long column) {
    long at = plane + row * rowBytes + column * columnBytes;
    return switch (dtype) {
      case FLOAT64 -> segment.get(DOUBLE, at);
      case FLOAT32 -> segment.get(FLOAT, at);
      default -> dtype.getDouble(segment, at);
    };
  }

  void set(long plane, long row, long column, double value) {
    long at = plane + row * rowBytes + column * columnBytes;
    switch (dtype) {
      case FLOAT64 -> segment.set(DOUBLE, at, value);
      case FLOAT32 -> segment.set(FLOAT, at, (float) value);
      default -> dtype.setDouble(segment, at, value);
    }
  }

  void setLong(long plane, long row, long column, long value) {
    dtype.setLong(segment, plane + row * rowBytes + column * columnBytes, value);
  }
}
