package dev.gatun.kernels.gemm;

import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A block of the left operand and a panel of the right one as {@link PackedTile}s read them: in
 * arrays, which grow to what was needed once.
 */
final class PackedOperands {
  private static final int NO_LENGTH = 0;

  private final ValueLayout layout;
  private final int elementBytes;

  /** {@code float[]} or {@code double[]}. */
  Object left;

  /** Of the same type. */
  Object right;

  private int leftLength = NO_LENGTH;
  private int rightLength = NO_LENGTH;

  PackedOperands(DType dtype) {
    boolean isSingle = dtype == DType.FLOAT32;
    layout = isSingle ? ValueLayout.JAVA_FLOAT_UNALIGNED : ValueLayout.JAVA_DOUBLE_UNALIGNED;
    elementBytes = dtype.byteSize();
    left = array(NO_LENGTH);
    right = left;
  }

  /**
   * Copies rows of the left operand. They keep their distance where they have no gaps, so that they
   * are copied at once.
   *
   * @param segment the memory of the left operand
   * @param offset the position of its first row, in bytes
   * @param rowBytes the distance between its rows, in bytes; its columns have no gaps
   * @param packedRowBytes the distance that rows are to have, in bytes
   */
  void copyLeft(
      int rows, int depth, MemorySegment segment, long offset, long rowBytes, long packedRowBytes) {
    int rowLength = Math.toIntExact(packedRowBytes / elementBytes);
    reserveLeft(Math.multiplyExact(rows, rowLength));
    if (rowBytes == packedRowBytes) {
      MemorySegment.copy(segment, layout, offset, left, 0, (rows - 1) * rowLength + depth);
      return;
    }
    for (int row = 0; row < rows; row++) {
      MemorySegment.copy(segment, layout, offset + row * rowBytes, left, row * rowLength, depth);
    }
  }

  /** Copies a panel of the right operand, which begins its segment and has no gaps. */
  void copyRight(MemorySegment panel, int length) {
    if (rightLength < length) {
      right = array(length);
      rightLength = length;
    }
    MemorySegment.copy(panel, layout, 0, right, 0, length);
  }

  /** Makes room for a left operand of that many elements. */
  void reserveLeft(int length) {
    if (leftLength < length) {
      left = array(length);
      leftLength = length;
    }
  }

  private Object array(int length) {
    return elementBytes == Float.BYTES ? new float[length] : new double[length];
  }
}
