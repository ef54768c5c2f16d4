package dev.gatun.kernels.gemm;

import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Copies blocks of operands to arrays, as {@link PackedTile}s read them. */
final class ArrayPacking {
  /** So few columns that the cache lines of some rows are still there for the rows beside. */
  private static final int COLUMNS_AT_ONCE = 64;

  private final TileShape shape;
  private final BlockKernels kernels;
  private final ValueLayout layout;
  private final int elementBytes;

  ArrayPacking(DType dtype, TileShape shape, BlockKernels kernels) {
    this.shape = shape;
    this.kernels = kernels;
    elementBytes = dtype.byteSize();
    layout =
        dtype == DType.FLOAT32
            ? ValueLayout.JAVA_FLOAT_UNALIGNED
            : ValueLayout.JAVA_DOUBLE_UNALIGNED;
  }

  /** Returns the number of steps of the depth in packed operands, the last of which are zeros. */
  static int packedDepth(int depth) {
    return (depth + PackedTile.STEPS - 1) / PackedTile.STEPS * PackedTile.STEPS;
  }

  /**
   * Returns the distance between blocks of the left operand, divided by their rows. It leaves a
   * vector free between blocks, for what is stored beyond the end of one.
   */
  int rowLength(int depth) {
    return packedDepth(depth) + shape.lanes();
  }

  /**
   * Copies rows of a left operand, in blocks as high as the tiles that {@link TileShape} says
   * follow each other.
   *
   * @param packed where to, large enough
   * @param row the first row there
   * @param rows the number of rows
   * @param depth the number of columns
   * @param source the memory to read
   * @param offset the position of the first element, in bytes
   * @param rowBytes the distance between rows, in bytes
   * @param columnBytes the distance between columns, in bytes; one of the two distances is the size
   *     of an element
   */
  void copyLeft(
      PackedOperands packed,
      int row,
      int rows,
      int depth,
      MemorySegment source,
      long offset,
      long rowBytes,
      long columnBytes) {
    if (columnBytes == elementBytes) {
      copyRows(packed, row, rows, depth, source, offset, rowBytes);
      return;
    }
    for (int column = 0; column < depth; column += COLUMNS_AT_ONCE) {
      int columns = Math.min(COLUMNS_AT_ONCE, depth - column);
      long from = offset + column * columnBytes;
      for (int done = 0; done < rows; ) {
        int height = shape.tileRowsWithin(rows - done);
        int end = done + shape.tilesWithin(rows - done) * height;
        for (; done < end; done += height) {
          int index = (row + done) * rowLength(depth) + column * height;
          long block = from + done * rowBytes;
          copyColumns(packed.left, index, height, columns, source, block, columnBytes);
        }
      }
    }
  }

  /** Copies rows without gaps: the elements of a block pass for pass, and of a pass row by row. */
  private void copyRows(
      PackedOperands packed,
      int row,
      int rows,
      int depth,
      MemorySegment source,
      long offset,
      long rowBytes) {
    for (int done = 0; done < rows; ) {
      int height = shape.tileRowsWithin(rows - done);
      int end = done + shape.tilesWithin(rows - done) * height;
      for (; done < end; done += height) {
        int index = (row + done) * rowLength(depth);
        copyBlock(packed.left, index, height, depth, source, offset + done * rowBytes, rowBytes);
      }
    }
  }

  private void copyBlock(
      Object target,
      int index,
      int rows,
      int depth,
      MemorySegment source,
      long offset,
      long rowBytes) {
    int neighbours = PackedTile.neighbours(shape.lanes());
    int steps = depth / neighbours;
    kernels
        .rowPacker(rows)
        .pack(steps, source, offset, (long) neighbours * elementBytes, rowBytes, target, index);
    int done = steps * neighbours;
    PackedOperands.clear(target, index + done * rows, index + packedDepth(depth) * rows);
    if (done < depth) {
      for (int row = 0; row < rows; row++) {
        long from = offset + row * rowBytes + (long) done * elementBytes;
        int to = index + done * rows + row * neighbours;
        MemorySegment.copy(source, layout, from, target, to, depth - done);
      }
    }
  }

  /**
   * Copies a block of columns without gaps, or a panel of a right operand: column by column, or row
   * by row.
   *
   * @param rows the number of elements without gaps
   * @param depth how many times there are that many
   */
  void copyColumns(
      Object target,
      int index,
      int rows,
      int depth,
      MemorySegment source,
      long offset,
      long columnBytes) {
    int vectors = (rows + shape.lanes() - 1) / shape.lanes();
    long vectorBytes = (long) shape.lanes() * elementBytes;
    // Whole vectors may reach beyond the end of the memory in the last columns.
    long beyond = offset + (depth - 1) * columnBytes + vectors * vectorBytes - source.byteSize();
    int whole = depth;
    for (; beyond > 0 && whole > 0; beyond -= columnBytes) {
      whole--;
    }
    kernels.columnPacker(rows).pack(whole, source, offset, columnBytes, vectorBytes, target, index);
    for (int column = whole; column < depth; column++) {
      long from = offset + column * columnBytes;
      MemorySegment.copy(source, layout, from, target, index + column * rows, rows);
    }
    PackedOperands.clear(target, index + depth * rows, index + packedDepth(depth) * rows);
  }
}
