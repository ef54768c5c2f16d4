package dev.gatun.kernels.reduce;

/**
 * What loops over the rows of some columns leave for the next of them: one number for each column.
 * Vectors do not pass between the loops: in one method they would be too much for the compiler at
 * once, and between methods they would be objects.
 */
final class ColumnScratch {
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

  private ColumnScratch() {}

  static ColumnScratch ofThread() {
    return OF_THREAD.get();
  }
}
