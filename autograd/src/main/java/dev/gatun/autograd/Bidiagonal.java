package dev.gatun.autograd;

import java.util.Arrays;

/**
 * The two diagonals that reflections from both sides leave of a matrix (Golub and Kahan,
 * Calculating the singular values and pseudo-inverse of a matrix, 1965). Its singular values are
 * those of a matrix that differs from the given one by a few roundings of its norm.
 */
final class Bidiagonal {
  private final double[][] rows;
  private final int height;
  private final int width;

  /** The diagonal. */
  private final double[] diagonal;

  /** What stands to the right of the diagonal; the last one is no such element. */
  private final double[] beside;

  private Bidiagonal(double[][] rows, int height, int width) {
    this.rows = rows;
    this.height = height;
    this.width = width;
    diagonal = new double[width];
    beside = new double[width];
  }

  /**
   * Reduces a matrix.
   *
   * @param rows the matrix, which is overwritten
   * @param height how many rows there are
   * @param width how many columns, not more than rows
   */
  static Bidiagonal of(double[][] rows, int height, int width) {
    Bidiagonal result = new Bidiagonal(rows, height, width);
    result.reduce();
    return result;
  }

  /** The diagonal. */
  double[] diagonal() {
    return diagonal;
  }

  /** What stands to the right of the diagonal; the last one is no such element. */
  double[] beside() {
    return beside;
  }

  private void reduce() {
    double[][] scratch = RowScratch.columns(2, height);
    double[] column = scratch[0];
    double[] shares = scratch[1];
    double[] across = RowScratch.shares(1, width)[0];
    for (int k = 0; k < width; k++) {
      for (int i = k; i < height; i++) {
        column[i] = rows[i][k];
      }
      double tau = Vectors64.reflect(column, k, height);
      diagonal[k] = column[k];
      column[k] = 1;
      if (k + 1 == width) {
        return;
      }
      // The matrix owes tau v w^T, w = A^T v, to its column, and then z u^T to what is left of its
      // row; it pays both at a time.
      Arrays.fill(across, k + 1, width, 0);
      Rows64.subtract(across, column, k, height - k, rows, k, k + 1, width);
      Rows64.multiply(across, -tau, k + 1, width);
      double[] row = rows[k];
      Rows64.subtract(row, 1, across, k + 1, width);
      double rowTau = Vectors64.reflect(row, k + 1, width);
      beside[k] = row[k + 1];
      row[k + 1] = 1;
      Rows64.dots(rows, k + 1, height, row, k + 1, width, shares);
      double owed = Vectors64.dot(across, row, k + 1, width);
      Rows64.subtract(shares, owed, column, k + 1, height);
      Rows64.multiply(shares, rowTau, k + 1, height);
      for (int i = k + 1; i < height; i++) {
        Rows64.subtract(rows[i], column[i], across, shares[i], row, k + 1, width);
      }
    }
  }
}
