package dev.gatun.kernels.gemm;

/**
 * How the operands of a tile lie. A distance that is a constant in the tile's code frees a register
 * and a multiplication in its loop, which is worth some percent.
 */
enum TileForm {
  /** Rows of the right operand follow each other without gaps; the left one has any strides. */
  PANEL,

  /** Rows of the left operand have no gaps; those of the right one have any distance. */
  ROWS,

  /** Columns of the left operand have no gaps; rows of the right one have any distance. */
  COLUMNS,

  /** The left operand has any strides, and rows of the right one any distance. */
  ANY
}
