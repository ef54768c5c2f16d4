package dev.gatun.kernels.gemm;

import dev.gatun.memory.Layout;
import dev.gatun.memory.Shape;
import dev.gatun.memory.StridedArray;
import java.lang.foreign.MemorySegment;

/** One operand of a call: the last two axes as strides in bytes, the leading ones for the batch. */
final class MatrixOperand {
  private static final Layout NO_LAYOUT = Layout.contiguous(Shape.scalar());

  MemorySegment segment = MemorySegment.NULL;
  long offset;
  long rowBytes;
  long columnBytes;
  private Layout layout = NO_LAYOUT;
  private int byteShift;

  /** Looks at an array of rank 1 or more as matrices; axes of size 1 are repeated. */
  void set(StridedArray array) {
    segment = array.segment();
    layout = array.layout();
    byteShift = array.dtype().byteShift();
    offset = layout.offset() << byteShift;
    columnBytes = axisBytes(layout.rank() - 1);
    rowBytes = axisBytes(layout.rank() - 2);
  }

  void clear() {
    segment = MemorySegment.NULL;
    layout = NO_LAYOUT;
  }

  /** Exchanges rows with columns. */
  void transpose() {
    long former = rowBytes;
    rowBytes = columnBytes;
    columnBytes = former;
  }

  /** Exchanges everything with another operand. */
  void exchange(MatrixOperand other) {
    var formerSegment = segment;
    var formerLayout = layout;
    long formerOffset = offset;
    long formerRowBytes = rowBytes;
    long formerColumnBytes = columnBytes;
    segment = other.segment;
    layout = other.layout;
    offset = other.offset;
    rowBytes = other.rowBytes;
    columnBytes = other.columnBytes;
    other.segment = formerSegment;
    other.layout = formerLayout;
    other.offset = formerOffset;
    other.rowBytes = formerRowBytes;
    other.columnBytes = formerColumnBytes;
  }

  /**
   * Returns the distance between neighbours along a leading axis, counted from the matrix outwards.
   *
   * @param outwards 0 for the axis next to the matrix
   * @return the distance in bytes, 0 for an axis that is repeated
   */
  long leadingBytes(int outwards) {
    return axisBytes(layout.rank() - 3 - outwards);
  }

  private long axisBytes(int axis) {
    return axis < 0 || layout.size(axis) == 1 ? 0 : layout.stride(axis) << byteShift;
  }

  /**
   * Returns the position of one matrix of the batch.
   *
   * @param index its number, row-major over the leading axes of the result
   * @param result the result's layout
   * @param folded how many leading axes, counted outwards, are part of the matrix
   * @return the position of the first element, in bytes
   */
  long matrixOffset(long index, Layout result, int folded) {
    long position = offset;
    long rest = index;
    int axes = result.rank() - 2;
    for (int outwards = folded; outwards < axes && rest > 0; outwards++) {
      long size = result.size(axes - 1 - outwards);
      position += rest % size * leadingBytes(outwards);
      rest /= size;
    }
    return position;
  }
}
