package dev.gatun.kernels.gemm;

import java.util.Locale;

/**
 * How the left operand of a tile lies.
 *
 * <p>Where a distance is a constant in the tile's code, the compiler checks the positions of a
 * whole loop ahead of it, and else each position where it is used. What comes ahead of a loop
 * delays each block of the result, while the checks within cost nothing as long as enough
 * multiplications hide them.
 */
enum TileForm {
  /** Rows have no gaps, and the tile has few multiplications to hide checks behind. */
  ROWS,

  /** Columns have no gaps. */
  COLUMNS,

  /** Any strides. */
  ANY;

  /** Returns the name as part of the name of a class. */
  String capitalizedName() {
    return name().charAt(0) + name().substring(1).toLowerCase(Locale.ROOT);
  }

  /**
   * Returns the form for a tile.
   *
   * @param rowBytes the distance between rows of the left operand
   * @param columnBytes the distance between its columns
   * @param elementBytes the size of an element
   * @param vectors the number of vectors in a row of the tile
   */
  static TileForm of(long rowBytes, long columnBytes, int elementBytes, int vectors) {
    if (rowBytes == elementBytes) {
      return COLUMNS;
    }
    return columnBytes == elementBytes && vectors < TileShape.VECTORS_THAT_HIDE_CHECKS ? ROWS : ANY;
  }
}
