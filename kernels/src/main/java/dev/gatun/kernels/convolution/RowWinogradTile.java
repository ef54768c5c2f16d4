package dev.gatun.kernels.convolution;

/** The products of some results with some vectors of pieces, until they are brought to place. */
final class RowWinogradTile {
  /** The first result, counted within its group. */
  int firstResult;

  /** The number of results; 0 where nothing waits. */
  int results;

  /** The first piece within the strip. */
  int firstPiece;

  /** The number of vectors of pieces. */
  int vectors;

  /** Where in scratch memory the products are. */
  long products;
}
