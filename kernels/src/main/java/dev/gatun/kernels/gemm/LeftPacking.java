package dev.gatun.kernels.gemm;

import dev.gatun.kernels.packed.PackedProducts;
import dev.gatun.kernels.packed.TileRows;

/** Brings rows of the left operand to where tiles read them: where they lie, or copied. */
final class LeftPacking {
  /** Beyond this span, columns of the left operand are copied as well. */
  private static final long LONGEST_LEFT_SPAN_BYTES = 3 << 20;

  /**
   * The elements of a packed column that are copied at once, a multiple of a strip: so many that
   * reading them from memory is worth the wait for the first, and so few that address translation
   * keeps hold of all the panels they go to.
   */
  private static final int PACKED_ROWS = 4 * Gemm.STRIP_ROWS;

  private final int elementBytes;
  private final Packing packing;
  private final PackedProducts packedProducts;

  LeftPacking(int elementBytes, Packing packing, PackedProducts packedProducts) {
    this.elementBytes = elementBytes;
    this.packing = packing;
    this.packedProducts = packedProducts;
  }

  /** Tells whether rows or columns of the left operand lie so far apart that copying them pays. */
  boolean isWorthwhile(MatmulTask task) {
    var left = task.left;
    return left.columnBytes != elementBytes
        && task.rows > Gemm.FEW_ROWS
        && task.depth * left.columnBytes > LONGEST_LEFT_SPAN_BYTES;
  }

  /** Points the scratch memory's left block to some rows and a piece of the depth. */
  void set(
      Scratch scratch, MatmulTask task, boolean packs, long row, int rows, long step, int depth) {
    var block = scratch.leftBlock;
    var left = task.left;
    long offset = scratch.part.leftOffset + row * left.rowBytes + step * left.columnBytes;
    if (scratch.isPacked) {
      packStrips(scratch, left, offset, rows, depth);
    } else if (!packs) {
      block.setRows(left.segment, offset, left.rowBytes, left.columnBytes, Gemm.STRIP_ROWS);
    } else if (left.rowBytes == elementBytes) {
      packColumns(scratch, left, offset, rows, depth);
    } else {
      long lineBytes = copyLines(scratch, left, offset, rows, depth);
      block.setRows(scratch.left, 0, lineBytes, elementBytes, Gemm.STRIP_ROWS);
    }
  }

  /** Copies rows to lines of their own, and returns the distance between these in bytes. */
  private long copyLines(Scratch scratch, MatrixOperand left, long offset, int rows, int depth) {
    long lineBytes = packing.rowBytes(depth);
    scratch.reserveLeft(rows * lineBytes);
    packing.copy(
        rows,
        depth,
        left.segment,
        offset,
        left.rowBytes,
        left.columnBytes,
        scratch.left,
        0,
        lineBytes);
    return lineBytes;
  }

  /**
   * Copies rows to an array, by strips, through lines of their own where nothing is a neighbour.
   */
  private void packStrips(Scratch scratch, MatrixOperand left, long offset, int rows, int depth) {
    var segment = left.segment;
    long from = offset;
    long rowBytes = left.rowBytes;
    long columnBytes = left.columnBytes;
    if (columnBytes != elementBytes && rowBytes != elementBytes) {
      rowBytes = copyLines(scratch, left, offset, rows, depth);
      columnBytes = elementBytes;
      segment = scratch.left;
      from = 0;
    }
    packedProducts.packLeft(
        scratch.packed, rows, Gemm.STRIP_ROWS, depth, segment, from, rowBytes, columnBytes);
  }

  /**
   * Copies columns without gaps into panels as high as a tile. A tile reads its panel from the
   * first byte to the last, and so shares the way from the second-level cache with the panel of the
   * right operand as little as can be; panels of more rows would be read line by line, most of each
   * line in vain.
   */
  private void packColumns(Scratch scratch, MatrixOperand left, long offset, int rows, int depth) {
    int panelRows = TileRows.FULL;
    long columnBytes = (long) panelRows * elementBytes;
    long panelBytes = packing.panelBytes(panelRows, depth);
    long stripBytes = Gemm.STRIP_ROWS / panelRows * panelBytes;
    scratch.reserveLeft((rows + panelRows - 1) / panelRows * panelBytes);
    for (int row = 0; row < rows; row += PACKED_ROWS) {
      packing.copyToPanels(
          Math.min(PACKED_ROWS, rows - row),
          panelRows,
          depth,
          left.segment,
          offset + (long) row * elementBytes,
          left.columnBytes,
          scratch.left,
          row / Gemm.STRIP_ROWS * stripBytes,
          panelBytes);
    }
    var block = scratch.leftBlock;
    block.segment = scratch.left;
    block.offset = 0;
    block.rowBytes = elementBytes;
    block.columnBytes = columnBytes;
    block.panelRows = panelRows;
    block.panelBytes = panelBytes;
    block.stripBytes = stripBytes;
  }
}
