package dev.gatun.kernels.reduce;

/**
 * What loops over the rows of some columns leave for the next of them: one number for each column.
 * Vectors do not pass between the loops: in one method they would be too much for the compiler at
 * once, and between methods they would be objects.
 */
final class ColumnScratch {
  /** As many columns as have their totals in the first-level cache. */
  static final int MOST_COLUMNS = 512;

  private static final int MOST_LANES = 16;
  private static final ThreadLocal<ColumnScratch> OF_THREAD =
      ThreadLocal.withInitial(ColumnScratch::new);

  /** The largest element of each column. */
  final float[] largest = new float[MOST_LANES];

  /** The sum of each column's exponentials. */
  final float[] sums = new float[MOST_LANES];

  /** The largest element of each column of float64. */
  final double[] largestDoubles = new double[MOST_LANES];

  /** The sum of the exponentials of each column of float64. */
  final double[] sumsOfDoubles = new double[MOST_LANES];

  /** What has been added or multiplied in each column. */
  final double[] totals = new double[MOST_COLUMNS];

  /** The same of integers. */
  final long[] integralTotals = new long[MOST_COLUMNS];

  private ColumnScratch() {}

  static ColumnScratch ofThread() {
    return OF_THREAD.get();
  }
}
