package dev.gatun.kernels.gemm;

import dev.gatun.memory.DType;
import dev.gatun.memory.Layout;
import dev.gatun.memory.Shape;
import dev.gatun.memory.StridedArray;
import java.util.SplittableRandom;

/** Makes and compares the operands of the tests here. */
final class Matrices {
  private Matrices() {}

  /** How a matrix lies in memory. */
  enum Placement {
    ROW_MAJOR,
    COLUMN_MAJOR,
    PADDED_ROWS,
    PADDED_COLUMNS,
    SPARSE
  }

  /** Makes an array of random numbers between -1 and 1 (integers: -9 to 9). */
  static StridedArray random(DType dtype, Placement placement, long seed, long... sizes) {
    var array = place(dtype, placement, sizes);
    var random = new SplittableRandom(seed);
    long count = array.storage().byteSize() / dtype.byteSize();
    for (long i = 0; i < count; i++) {
      double value = random.nextDouble() * 2 - 1;
      dtype.setDouble(
          array.segment(),
          i * dtype.byteSize(),
          dtype.isFloatingPoint() ? value : Math.rint(value * 9));
    }
    return array;
  }

  /** Makes an array whose elements, and the gaps between them, all have one value. */
  static StridedArray filled(DType dtype, Placement placement, double value, long... sizes) {
    var array = place(dtype, placement, sizes);
    for (long i = 0; i < array.storage().byteSize() / dtype.byteSize(); i++) {
      dtype.setDouble(array.segment(), i * dtype.byteSize(), value);
    }
    return array;
  }

  private static StridedArray place(DType dtype, Placement placement, long... sizes) {
    int rank = sizes.length;
    var strides = new long[rank];
    long row = sizes[rank - 2];
    long column = sizes[rank - 1];
    long rowStride = column;
    long columnStride = 1;
    switch (placement) {
      case ROW_MAJOR -> {}
      case COLUMN_MAJOR -> {
        rowStride = 1;
        columnStride = Math.max(row, 1);
      }
      case PADDED_ROWS -> rowStride = column + 3;
      case PADDED_COLUMNS -> {
        rowStride = 1;
        columnStride = row + 5;
      }
      case SPARSE -> {
        columnStride = 2;
        rowStride = 2 * column + 3;
      }
    }
    strides[rank - 2] = rowStride;
    strides[rank - 1] = columnStride;
    long extent = Math.max(row, 1) * rowStride + Math.max(column, 1) * columnStride;
    for (int axis = rank - 3; axis >= 0; axis--) {
      strides[axis] = placement == Placement.ROW_MAJOR ? row * column : extent;
      extent = strides[axis] * Math.max(sizes[axis], 1) + 8;
      row = sizes[axis];
      column = strides[axis];
    }
    long offset = placement == Placement.ROW_MAJOR ? 0 : 7;
    try (var block = StridedArray.allocate(dtype, Shape.of(offset + extent + 8))) {
      return new StridedArray(
          block.storage().retain(), dtype, Layout.strided(Shape.of(sizes), strides, offset));
    }
  }

  static double get(StridedArray array, long... index) {
    long position = array.layout().offset();
    for (int axis = 0; axis < index.length; axis++) {
      position += index[axis] * array.layout().stride(axis);
    }
    return array.dtype().getDouble(array.segment(), position * array.dtype().byteSize());
  }

  static StridedArray view(StridedArray array, Layout layout) {
    return new StridedArray(array.storage().retain(), array.dtype(), layout);
  }
}
