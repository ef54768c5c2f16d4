package dev.gatun.kernels.gemm;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Copies blocks of operands with any strides into scratch memory. */
final class Packing {
  private static final ValueLayout.OfInt FOUR_BYTES = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfLong EIGHT_BYTES = ValueLayout.JAVA_LONG_UNALIGNED;
  private static final int LINE_BYTES = 64;

  private final int elementBytes;
  private final int lanes;
  private final BlockKernels kernels;

  Packing(int elementBytes, int lanes, BlockKernels kernels) {
    this.elementBytes = elementBytes;
    this.lanes = lanes;
    this.kernels = kernels;
  }

  /** Returns the distance between packed rows, which keeps them off the same cache sets. */
  long rowBytes(int length) {
    return ((long) length * elementBytes + LINE_BYTES - 1) / LINE_BYTES * LINE_BYTES + LINE_BYTES;
  }

  /**
   * Copies a matrix so that the elements of a row are neighbours.
   *
   * @param rows the number of rows
   * @param length the number of elements in a row
   * @param source the memory to read
   * @param offset the position of the first element, in bytes
   * @param rowBytes the distance between rows, in bytes
   * @param columnBytes the distance between elements of a row, in bytes
   * @param target the memory to write
   * @param targetOffset the position of the first row there, in bytes
   * @param targetRowBytes the distance between rows there, in bytes
   */
  void copy(
      int rows,
      int length,
      MemorySegment source,
      long offset,
      long rowBytes,
      long columnBytes,
      MemorySegment target,
      long targetOffset,
      long targetRowBytes) {
    if (columnBytes == elementBytes) {
      for (int row = 0; row < rows; row++) {
        MemorySegment.copy(
            source,
            offset + row * rowBytes,
            target,
            targetOffset + row * targetRowBytes,
            (long) length * elementBytes);
      }
      return;
    }
    int column = 0;
    int row = 0;
    if (rowBytes == elementBytes && rows >= lanes && length >= lanes) {
      row = rows / lanes * lanes;
      for (; column + lanes <= length; column += lanes) {
        kernels
            .transposer()
            .transpose(
                rows / lanes,
                source,
                offset + column * columnBytes,
                columnBytes,
                target,
                targetOffset + (long) column * elementBytes,
                targetRowBytes);
      }
      copyElements(
          row,
          length - column,
          source,
          offset + column * columnBytes,
          rowBytes,
          columnBytes,
          target,
          targetOffset + (long) column * elementBytes,
          targetRowBytes);
    }
    copyElements(
        rows - row,
        length,
        source,
        offset + row * rowBytes,
        rowBytes,
        columnBytes,
        target,
        targetOffset + row * targetRowBytes,
        targetRowBytes);
  }

  private void copyElements(
      int rows,
      int length,
      MemorySegment source,
      long offset,
      long rowBytes,
      long columnBytes,
      MemorySegment target,
      long targetOffset,
      long targetRowBytes) {
    int blockRows = LINE_BYTES / elementBytes;
    for (int row = 0; row < rows; row += blockRows) {
      int height = Math.min(blockRows, rows - row);
      long from = offset + row * rowBytes;
      long to = targetOffset + row * targetRowBytes;
      if (elementBytes == Integer.BYTES) {
        copyInts(height, length, source, from, rowBytes, columnBytes, target, to, targetRowBytes);
      } else {
        copyLongs(height, length, source, from, rowBytes, columnBytes, target, to, targetRowBytes);
      }
    }
  }

  private static void copyInts(
      int rows,
      int length,
      MemorySegment source,
      long offset,
      long rowBytes,
      long columnBytes,
      MemorySegment target,
      long targetOffset,
      long targetRowBytes) {
    for (int i = 0; i < length; i++) {
      long from = offset + i * columnBytes;
      long to = targetOffset + i * (long) Integer.BYTES;
      for (int row = 0; row < rows; row++) {
        int element = source.get(FOUR_BYTES, from + row * rowBytes);
        target.set(FOUR_BYTES, to + row * targetRowBytes, element);
      }
    }
  }

  private static void copyLongs(
      int rows,
      int length,
      MemorySegment source,
      long offset,
      long rowBytes,
      long columnBytes,
      MemorySegment target,
      long targetOffset,
      long targetRowBytes) {
    for (int i = 0; i < length; i++) {
      long from = offset + i * columnBytes;
      long to = targetOffset + i * (long) Long.BYTES;
      for (int row = 0; row < rows; row++) {
        long element = source.get(EIGHT_BYTES, from + row * rowBytes);
        target.set(EIGHT_BYTES, to + row * targetRowBytes, element);
      }
    }
  }

  /**
   * Returns the distance between panels: without gaps but for one line of the cache, which keeps
   * them off the same cache sets.
   */
  long panelBytes(int panelRows, int columns) {
    long bytes = (long) panelRows * elementBytes * columns;
    return (bytes + LINE_BYTES - 1) / LINE_BYTES * LINE_BYTES + LINE_BYTES;
  }

  /**
   * Copies columns whose elements are neighbours, cut into panels of a few rows each: a panel has
   * the elements of its first column, then those of the second, and so on, without gaps.
   *
   * @param rows the number of rows; the last panel may have fewer than the others
   * @param panelRows the number of rows of a panel
   * @param columns the number of columns
   * @param source the memory to read
   * @param offset the position of the first element, in bytes
   * @param columnBytes the distance between columns, in bytes
   * @param target the memory to write
   * @param targetOffset the position of the first panel there, in bytes
   * @param panelBytes the distance between panels there, in bytes
   */
  void copyToPanels(
      int rows,
      int panelRows,
      int columns,
      MemorySegment source,
      long offset,
      long columnBytes,
      MemorySegment target,
      long targetOffset,
      long panelBytes) {
    int width = panelRows * elementBytes;
    int vectorBytes = lanes * elementBytes;
    int vectors = (width + vectorBytes - 1) / vectorBytes;
    var panel = kernels.panel(vectors);
    int panels = rows / panelRows;
    int rest = (rows - panels * panelRows) * elementBytes;
    long span = (long) (panels - 1) * width + (long) vectors * vectorBytes;
    for (int column = 0; column < columns; column++) {
      long from = offset + column * columnBytes;
      long to = targetOffset + (long) column * width;
      if (from + span <= source.byteSize()) {
        // What is copied beyond a column is overwritten with the next, and falls between panels
        // with the last.
        panel.copy(panels, source, from, width, target, to, panelBytes);
      } else {
        for (int i = 0; i < panels; i++) {
          MemorySegment.copy(source, from + (long) i * width, target, to + i * panelBytes, width);
        }
      }
      from += (long) panels * width;
      to += panels * panelBytes;
      for (int at = 0; at < rest; at += Integer.BYTES) {
        target.set(FOUR_BYTES, to + at, source.get(FOUR_BYTES, from + at));
      }
    }
  }

  /** Writes zeros into some columns of every row. */
  void clear(int rows, int from, int to, MemorySegment target, long offset, long rowBytes) {
    for (int row = 0; row < rows; row++) {
      for (int i = from; i < to; i++) {
        long at = offset + row * rowBytes + (long) i * elementBytes;
        if (elementBytes == Integer.BYTES) {
          target.set(FOUR_BYTES, at, 0);
        } else {
          target.set(EIGHT_BYTES, at, 0L);
        }
      }
    }
  }
}
