package dev.gatun.kernels.gemm;

import java.lang.foreign.MemorySegment;

/**
 * Some rows and a piece of the depth of the left operand, as the tiles read it: in place, or packed
 * into scratch memory. It is cut into strips of rows; within a strip, rows and columns have
 * constant distances. Positions and distances are in bytes.
 */
final class LeftBlock {
  MemorySegment segment = MemorySegment.NULL;

  /** The position of the first strip. */
  long offset;

  /** The distance between strips. */
  long stripBytes;

  /** The number of rows in a strip. */
  int stripRows;

  long rowBytes;
  long columnBytes;
}
