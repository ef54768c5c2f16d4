package dev.gatun.autograd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Rows of float64 on the heap, in which parts of matrices are computed: arrays that are rows of
 * their own are what the compiler makes vector code for. Unless they are large, a thread keeps them
 * for the next matrix: there may be more rows, and longer ones, than were asked for.
 */
final class RowScratch {
  /** More elements are not kept for later. */
  private static final long MOST_KEPT = 1 << 18;

  private static final ThreadLocal<double[][]> MATRIX = ofThread();
  private static final ThreadLocal<double[][]> SIDES = ofThread();
  private static final ThreadLocal<double[][]> COLUMNS = ofThread();
  private static final ThreadLocal<double[][]> SHARES = ofThread();

  private RowScratch() {}

  private static ThreadLocal<double[][]> ofThread() {
    return ThreadLocal.withInitial(() -> new double[0][]);
  }

  /** Rows for the matrix that is factored, or a part of it; what they held is lost. */
  static double[][] matrix(int count, int width) {
    return reserve(MATRIX, count, width);
  }

  /** Rows for what stands to the right of a matrix; what they held is lost. */
  static double[][] sides(int count, int width) {
    return reserve(SIDES, count, width);
  }

  /** Rows for columns of a matrix; what they held is lost. */
  static double[][] columns(int count, int height) {
    return reserve(COLUMNS, count, height);
  }

  /** Rows for what a matrix owes to some of its columns; what they held is lost. */
  static double[][] shares(int count, int width) {
    return reserve(SHARES, count, width);
  }

  private static double[][] reserve(ThreadLocal<double[][]> kept, int count, int width) {
    double[][] rows = kept.get();
    if (rows.length >= count && (count == 0 || rows[0].length >= width)) {
      return rows;
    }
    rows = new double[count][width];
    if ((long) count * width <= MOST_KEPT) {
      kept.set(rows);
    }
    return rows;
  }

  /**
   * Reads a part of a matrix of float64.
   *
   * @param elements the matrix, row by row
   * @param width how many elements a row of it has
   */
  static void read(
      double[][] rows,
      MemorySegment elements,
      long width,
      int top,
      int bottom,
      int left,
      int right) {
    for (int i = top; i < bottom; i++) {
      MemorySegment.copy(
          elements,
          ValueLayout.JAVA_DOUBLE,
          (i * width + left) * Double.BYTES,
          rows[i - top],
          0,
          right - left);
    }
  }

  /** Writes a part of a matrix as {@link #read} reads it. */
  static void write(
      double[][] rows,
      MemorySegment elements,
      long width,
      int top,
      int bottom,
      int left,
      int right) {
    for (int i = top; i < bottom; i++) {
      MemorySegment.copy(
          rows[i - top],
          0,
          elements,
          ValueLayout.JAVA_DOUBLE,
          (i * width + left) * Double.BYTES,
          right - left);
    }
  }
}
