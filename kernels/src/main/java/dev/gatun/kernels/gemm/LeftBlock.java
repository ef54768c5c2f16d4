package dev.gatun.kernels.gemm;

import java.lang.foreign.MemorySegment;

/**
 * Some rows and a piece of the depth of the left operand, as the tiles read it: in place, or packed
 * into scratch memory. It is cut into strips of rows, and strips into panels; within a panel, rows
 * and columns have constant distances. Positions and distances are in bytes.
 */
final class LeftBlock {
  MemorySegment segment = MemorySegment.NULL;

  /** The position of the first strip. */
  long offset;

  /** The distance between strips. */
  long stripBytes;

  /** The number of rows in a panel; those of a strip are a multiple. */
  int panelRows;

  /** The distance between panels; of no meaning where a strip is one panel. */
  long panelBytes;

  long rowBytes;
  long columnBytes;

  /**
   * Points to rows that have a constant distance, in strips of one panel each.
   *
   * @param stripRows the number of rows in a strip
   */
  void setRows(MemorySegment segment, long offset, long rowBytes, long columnBytes, int stripRows) {
    this.segment = segment;
    this.offset = offset;
    this.rowBytes = rowBytes;
    this.columnBytes = columnBytes;
    panelRows = stripRows;
    panelBytes = 0;
    stripBytes = stripRows * rowBytes;
  }
}
