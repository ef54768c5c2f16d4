package dev.gatun.kernels.convolution;

import dev.gatun.kernels.scratch.ScratchMemory;

/** What one thread computes a strip of pieces of rows in. */
final class RowWinogradScratch {
  /** One channel of the strip of the image, with padding, by phases. */
  final ScratchMemory planes = new ScratchMemory();

  /** The transformed pieces: number by number, plane by plane. */
  final ScratchMemory pieces = new ScratchMemory();

  /** The products of two tiles: result by result, number by number. */
  final ScratchMemory products = new ScratchMemory();

  /** The results of a tile that are not at their place yet. */
  final ScratchMemory results = new ScratchMemory();

  /** The tile whose products are computed. */
  RowWinogradTile current = new RowWinogradTile();

  /** The tile whose products have been computed. */
  RowWinogradTile former = new RowWinogradTile();

  /** The strip that is computed: of which image, which group, and from which row of results. */
  long item;

  int group;
  int firstRow;

  /** The number of pieces in the strip. */
  int stripPieces;

  void swapTiles() {
    var tile = current;
    current = former;
    former = tile;
  }
}
