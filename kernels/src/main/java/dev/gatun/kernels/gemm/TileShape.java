package dev.gatun.kernels.gemm;

import dev.gatun.kernels.packed.PackedProducts;
import dev.gatun.kernels.packed.TileRows;

/**
 * How operands are cut up, for one element type and one vector width.
 *
 * <p>A tile of {@code rows x vectors} sums has to stay in registers, beside one vector for each
 * column of vectors and one for a factor. A panel of {@code depthBlock} rows of the right operand
 * streams from the second-level cache while the rows of the left one pass by, of which {@code
 * rowBlock} stay in the last-level cache from one panel to the next.
 *
 * @param vectorBits the width of a vector in bits
 * @param lanes the number of elements in a vector
 * @param rows the number of rows of a tile
 * @param vectors the number of vectors in a row of a tile
 * @param rowBlock the number of rows that are packed at a time
 * @param depthBlock the most products that are summed in registers
 */
record TileShape(int vectorBits, int lanes, int rows, int vectors, int rowBlock, int depthBlock) {
  private static final int SMALLEST_DEPTH_BLOCK = 128;

  /** From this many vectors on, a row of a tile hides the checks of its positions. */
  static final int VECTORS_THAT_HIDE_CHECKS = 3;

  /** A multiple of the rows of every strip. */
  private static final int ROW_UNIT = 96;

  /**
   * Returns the shape for elements of a size.
   *
   * @param vectorBits the width of a vector in bits
   * @param elementBytes the size of an element in bytes
   * @param caches the caches of the machine
   * @return a shape that suits the registers of machines with vectors that wide
   */
  static TileShape of(int vectorBits, int elementBytes, CacheSizes caches) {
    int lanes = vectorBits / Byte.SIZE / elementBytes;
    // Six rows of four are just what the optimizing compiler takes at once (18,000 nodes before it
    // optimizes for the first time); sums that come after that would be kept as objects.
    int rows = TileRows.FULL;
    if (PackedProducts.suits(vectorBits)) {
      return ofPacked(vectorBits, lanes, rows, PackedProducts.VECTORS, elementBytes, caches);
    }
    int vectors = 4;
    long panelRowBytes = (long) vectors * lanes * elementBytes;
    // Half of the second level for the panel; the rows of one tile may exceed the first level by
    // half, since they are read in order.
    long panelDepth = caches.second() / 2 / panelRowBytes;
    long rowsDepth = caches.first() * 3 / 2 / ((long) rows * elementBytes);
    int depthBlock = (int) Math.max(SMALLEST_DEPTH_BLOCK, Math.min(panelDepth, rowsDepth));
    long rowBytes = (long) depthBlock * elementBytes;
    int rowBlock = (int) Math.max(1, caches.last() / 4 / rowBytes / ROW_UNIT) * ROW_UNIT;
    return new TileShape(vectorBits, lanes, rows, vectors, rowBlock, depthBlock);
  }

  /**
   * Returns the shape for tiles on packed operands. Panels of the right one are read in order, so
   * that they may exceed the first level by half of what tiles read, and blocks of the left one the
   * second: fewer pieces of the depth, each of which reads and writes the result, gain more.
   */
  private static TileShape ofPacked(
      int vectorBits, int lanes, int rows, int vectors, int elementBytes, CacheSizes caches) {
    long panelRowBytes = (long) vectors * lanes * elementBytes;
    int depthBlock = (int) Math.max(SMALLEST_DEPTH_BLOCK, 2 * caches.first() / panelRowBytes);
    long blockRowBytes = (long) depthBlock * elementBytes;
    int rowBlock = (int) Math.max(1, 4 * caches.second() / blockRowBytes / ROW_UNIT) * ROW_UNIT;
    return new TileShape(vectorBits, lanes, rows, vectors, rowBlock, depthBlock);
  }

  /** Tells whether operands are copied to arrays where that is worth it. */
  boolean isPacked() {
    return PackedProducts.suits(vectorBits);
  }

  /**
   * Returns the number of columns to compute next. What is left for two tiles is shared out between
   * them rather than leaving a narrow one, which reads much for what it multiplies.
   *
   * @param remaining how many columns there are, at least 1
   * @return that number, or a smaller one that is a whole number of vectors
   */
  int columnsWithin(long remaining) {
    if (remaining <= columns()) {
      return (int) remaining;
    }
    int narrower = (vectors - 1) * lanes;
    return remaining <= 2L * narrower ? narrower : columns();
  }

  /**
   * Returns the number of vectors of the tile that computes a single row, wide enough to read long
   * pieces of the right operand's rows.
   */
  int wideVectors() {
    return 4 * vectors;
  }

  /** Returns the number of columns of a full tile. */
  int columns() {
    return vectors * lanes;
  }

  /** Returns the length of equal blocks, none longer than {@code limit}, that cover an extent. */
  static int evenBlock(long extent, int limit) {
    if (extent <= limit) {
      return (int) extent;
    }
    long blocks = (extent + limit - 1) / limit;
    return (int) ((extent + blocks - 1) / blocks);
  }
}
