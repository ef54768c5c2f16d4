package dev.gatun.kernels.convolution;

import dev.gatun.memory.DType;
import org.jspecify.annotations.Nullable;

/** The tiles of one element type and one vector width, made as they are needed. */
final class TileKernels {
  /** The rows of a full tile. */
  static final int ROWS = 6;

  final DType dtype;

  /** The size of an element in bytes. */
  final int elementBytes;

  /** The number of elements in a vector. */
  final int lanes;

  /** The most vectors in a row of a tile. */
  final int vectors;

  private final VectorBytecode code;
  private final @Nullable DepthTile[][] tiles;

  TileKernels(DType dtype, int vectorBits) {
    this.dtype = dtype;
    elementBytes = dtype.byteSize();
    lanes = vectorBits / Byte.SIZE / elementBytes;
    vectors = hasThirtyTwoRegisters(vectorBits) ? 4 : 2;
    code = new VectorBytecode(dtype, vectorBits);
    tiles = new DepthTile[ROWS + 1][vectors + 1];
  }

  private static boolean hasThirtyTwoRegisters(int vectorBits) {
    return vectorBits >= 512 || System.getProperty("os.arch").equals("aarch64");
  }

  /** Returns the number of columns of a full tile. */
  int columns() {
    return vectors * lanes;
  }

  /** Returns how many vectors hold a number of elements. */
  long vectorsFor(long elements) {
    return (elements + lanes - 1) / lanes;
  }

  /** Returns the rows of the largest tile within a number of rows, at least 1. */
  static int rowsWithin(long remaining) {
    return remaining >= ROWS ? ROWS : remaining >= 4 ? 4 : remaining >= 2 ? 2 : 1;
  }

  DepthTile tile(int rows, int vectors) {
    var tile = tiles[rows][vectors];
    if (tile == null) {
      tile = DepthTileGenerator.tile(code, rows, vectors);
      tiles[rows][vectors] = tile;
    }
    return tile;
  }
}
