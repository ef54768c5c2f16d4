package dev.gatun.kernels.convolution;

import java.lang.foreign.MemorySegment;

/**
 * Loops over a row of elements, of four or eight bytes, element by element; subclasses do what is
 * frequent with vectors. Positions are in bytes.
 */
class RowKernels {
  private final int elementBytes;

  RowKernels(int elementBytes) {
    this.elementBytes = elementBytes;
  }

  /** Writes zeros. */
  void clear(int count, MemorySegment target, long to) {
    RowMoves.zero(target, to, count, elementBytes);
  }

  /** Reads every {@code stride}-th element and writes them next to each other. */
  void gather(
      int count, MemorySegment source, long from, int stride, MemorySegment target, long to) {
    RowMoves.copy(
        source, from, (long) stride * elementBytes, target, to, elementBytes, count, elementBytes);
  }

  /**
   * Copies the rows of a matrix to the columns of another.
   *
   * @param rows the number of rows to read
   * @param columns the number of elements in each
   * @param rowBytes the distance between rows that are read
   * @param targetRowBytes the distance between rows that are written
   * @param block room for as many vectors as a vector has elements, twice
   */
  void transpose(
      int rows,
      int columns,
      MemorySegment source,
      long from,
      long rowBytes,
      MemorySegment target,
      long to,
      long targetRowBytes,
      MemorySegment block) {
    RowMoves.transpose(
        source, from, rowBytes, target, to, targetRowBytes, rows, columns, elementBytes);
  }

  /** Adds a block of rows without gaps to rows some distance apart. */
  void addBlock(
      int rows, int columns, MemorySegment block, MemorySegment target, long to, long toRowBytes) {
    for (int row = 0; row < rows; row++) {
      long from = (long) row * columns * elementBytes;
      RowMoves.addTo(columns, block, from, target, to + row * toRowBytes, elementBytes);
    }
  }

  /** Adds a row of whole vectors to another. */
  void addTo(int count, MemorySegment source, long from, MemorySegment target, long to) {
    RowMoves.addTo(count, source, from, target, to, elementBytes);
  }

  /** Copies the elements at even positions of a row to one place, and the others to another. */
  void split(
      int count, MemorySegment source, long from, MemorySegment target, long even, long odd) {
    gather((count + 1) / 2, source, from, 2, target, even);
    gather(count / 2, source, from + elementBytes, 2, target, odd);
  }

  /** Adds a number to each element and writes it, some distance from its neighbours. */
  void add(
      int count,
      MemorySegment source,
      long from,
      double addend,
      MemorySegment target,
      long to,
      long toBytes) {
    RowMoves.copyAdding(source, from, target, to, toBytes, count, elementBytes, addend);
  }
}
