package dev.gatun.kernels.packed;

/** How the blocks of a packed left operand lie. */
enum PackedForm {
  /**
   * {@link PackedTile#neighbours} of the first row, as many of the others, then the next of the
   * first.
   */
  ROWS,

  /** All elements of the first column, then those of the second, and so on. */
  COLUMNS
}
