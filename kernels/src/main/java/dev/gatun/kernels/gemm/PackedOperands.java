package dev.gatun.kernels.gemm;

import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A block of the left operand and a panel of the right one as {@link PackedTile}s read them: in
 * arrays, which grow to what was needed once.
 */
final class PackedOperands {
  private static final Object NOTHING = new float[0];

  /** {@code float[]} or {@code double[]}, as what was copied last. */
  Object left = NOTHING;

  /** Of the same type. */
  Object right = NOTHING;

  private int leftLength;
  private int rightLength;

  /**
   * Copies rows of the left operand, at once where they are to keep their distance.
   *
   * @param dtype {@code FLOAT32} or {@code FLOAT64}, the same in all calls
   * @param segment the memory of the left operand
   * @param offset the position of its first row, in bytes
   * @param rowBytes the distance between its rows, in bytes; its columns have no gaps
   * @param packedRowBytes the distance that rows are to have, in bytes
   */
  void copyLeft(
      DType dtype,
      int rows,
      int depth,
      MemorySegment segment,
      long offset,
      long rowBytes,
      long packedRowBytes) {
    var layout = layout(dtype);
    int rowLength = (int) (packedRowBytes / dtype.byteSize());
    reserveLeft(dtype, Math.multiplyExact(rows, rowLength));
    if (rowBytes == packedRowBytes) {
      MemorySegment.copy(segment, layout, offset, left, 0, (rows - 1) * rowLength + depth);
      return;
    }
    for (int row = 0; row < rows; row++) {
      MemorySegment.copy(segment, layout, offset + row * rowBytes, left, row * rowLength, depth);
    }
  }

  /** Copies a panel of the right operand, which begins its segment and has no gaps. */
  void copyRight(DType dtype, MemorySegment panel, int length) {
    if (rightLength < length) {
      right = array(dtype, length);
      rightLength = length;
    }
    MemorySegment.copy(panel, layout(dtype), 0, right, 0, length);
  }

  /** Makes room for a left operand of that many elements. */
  void reserveLeft(DType dtype, int length) {
    if (leftLength < length) {
      left = array(dtype, length);
      leftLength = length;
    }
  }

  private static ValueLayout layout(DType dtype) {
    return dtype == DType.FLOAT32
        ? ValueLayout.JAVA_FLOAT_UNALIGNED
        : ValueLayout.JAVA_DOUBLE_UNALIGNED;
  }

  private static Object array(DType dtype, int length) {
    return dtype == DType.FLOAT32 ? new float[length] : new double[length];
  }
}
