package dev.gatun.kernels.gemm;

import dev.gatun.kernels.bytecode.VectorCode;
import dev.gatun.memory.DType;
import org.jspecify.annotations.Nullable;

/** The generated kernels of one type of narrow weights and one vector width. */
final class NarrowKernels {
  static final int COLUMNS = 4;

  /** The most registers that hold the arranged rows of a tile. */
  private static final int MOST_FACTORS = 8;

  private static final int MOST_ROWS = 4;

  final DType weights;
  final int lanes;

  /** The number of floats in a vector, times the number of weights in four bytes. */
  final int stepElements;

  private final int vectorBits;
  private final @Nullable NarrowDotTile[][] tiles = new NarrowDotTile[MOST_ROWS + 1][COLUMNS + 1];
  private @Nullable LaneSums laneSums;

  NarrowKernels(int vectorBits, DType weights) {
    this.vectorBits = vectorBits;
    this.weights = weights;
    lanes = vectorBits / Float.SIZE;
    stepElements = lanes * parts();
  }

  /** Returns the number of weights in four bytes. */
  int parts() {
    return Float.BYTES / weights.byteSize();
  }

  /** Returns the number of rows of the largest tile that fits a number of rows. */
  int tileRowsWithin(long remaining) {
    int most = Math.min(MOST_ROWS, MOST_FACTORS / parts());
    return remaining >= most ? most : remaining >= 2 ? 2 : 1;
  }

  NarrowDotTile tile(int rows, int columns) {
    var tile = tiles[rows][columns];
    if (tile == null) {
      tile = NarrowDotTileGenerator.tile(vectorBits, weights, rows, columns);
      tiles[rows][columns] = tile;
    }
    return tile;
  }

  LaneSums laneSums() {
    var present = laneSums;
    if (present == null) {
      present = LaneSumsGenerator.sums(VectorCode.of(DType.FLOAT32, vectorBits));
      laneSums = present;
    }
    return present;
  }
}
