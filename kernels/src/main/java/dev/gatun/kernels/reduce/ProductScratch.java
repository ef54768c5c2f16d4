package dev.gatun.kernels.reduce;

/** What a thread needs for {@link CumulativeProductGradient}, a number for each column. */
final class ProductScratch {
  /** As many columns as neighbouring elements of the widest type fill two lines of the cache. */
  static final int MOST_COLUMNS = 16;

  /** As many rows of a block as have their products in the first-level cache. */
  static final int ROWS = 128;

  private static final ThreadLocal<ProductScratch> OF_THREAD =
      ThreadLocal.withInitial(ProductScratch::new);

  /** The products before the elements of a block, row by row. */
  final double[] products = new double[ROWS * MOST_COLUMNS];

  /** What the products after the row at hand owe to the elements of the row. */
  final double[] owed = new double[MOST_COLUMNS];

  /** The elements of the row after the one at hand. */
  final double[] next = new double[MOST_COLUMNS];

  private double[] begins = new double[MOST_COLUMNS];

  private ProductScratch() {}

  static ProductScratch ofThread() {
    return OF_THREAD.get();
  }

  /** Returns room for the products at which blocks begin, row by row. */
  double[] begins(int blocks, int columns) {
    int needed = Math.multiplyExact(Math.max(1, blocks), columns);
    if (begins.length < needed) {
      begins = new double[needed];
    }
    return begins;
  }
}
