package dev.gatun.kernels.gemm;

/**
 * How operands are cut up, for one element type and one vector width.
 *
 * <p>A tile of {@code rows x vectors} sums has to stay in registers, beside one vector for each
 * column of vectors and one for a factor. {@code depthBlock} rows of a packed panel of the right
 * operand stream from the second-level cache while {@code rowBlock} rows of the left one stay
 * there; {@code columnBlock} columns of the right operand stay in the last-level cache.
 *
 * @param vectorBits the width of a vector in bits
 * @param lanes the number of elements in a vector
 * @param rows the number of rows of a tile
 * @param vectors the number of vectors in a row of a tile
 * @param rowBlock the number of rows that are packed at a time, a multiple of {@code rows}
 * @param depthBlock the most products that are summed in registers
 * @param columnBlock the number of columns that are packed at a time, a multiple of those of a tile
 */
record TileShape(
    int vectorBits,
    int lanes,
    int rows,
    int vectors,
    int rowBlock,
    int depthBlock,
    int columnBlock) {

  private static final int LEFT_BLOCK_BYTES = 400 << 10;
  private static final int DEPTH_BYTES = 3072;
  private static final int RIGHT_BLOCK_BYTES = 3 << 20;

  /**
   * Returns the shape for elements of a size.
   *
   * @param vectorBits the width of a vector in bits
   * @param elementBytes the size of an element in bytes
   * @return a shape that suits the registers of machines with vectors that wide
   */
  static TileShape of(int vectorBits, int elementBytes) {
    int lanes = vectorBits / Byte.SIZE / elementBytes;
    int rows = 6;
    int vectors = hasThirtyTwoRegisters(vectorBits) ? 4 : 2;
    int depthBlock = DEPTH_BYTES / elementBytes;
    int rowBlock = LEFT_BLOCK_BYTES / DEPTH_BYTES / rows * rows;
    int panel = vectors * lanes;
    int columnBlock = RIGHT_BLOCK_BYTES / DEPTH_BYTES / panel * panel;
    return new TileShape(vectorBits, lanes, rows, vectors, rowBlock, depthBlock, columnBlock);
  }

  private static boolean hasThirtyTwoRegisters(int vectorBits) {
    return vectorBits >= 512 || System.getProperty("os.arch").equals("aarch64");
  }

  /**
   * Returns the number of rows of the largest tile that fits a number of rows. A few kinds of tiles
   * are enough, and are compiled sooner than many.
   *
   * @param remaining how many rows there are, at least 1
   * @return the rows of a tile
   */
  int tileRowsWithin(long remaining) {
    return remaining >= rows ? rows : remaining >= 4 ? 4 : remaining >= 2 ? 2 : 1;
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
