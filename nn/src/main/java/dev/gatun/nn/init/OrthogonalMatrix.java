package dev.gatun.nn.init;

/** Orthonormal rows or columns, by Householder's reflections. */
final class OrthogonalMatrix {
  private OrthogonalMatrix() {}

  /**
   * Returns the orthonormal factor of the QR decomposition, with signs chosen so that the
   * triangular factor has a positive diagonal: of a matrix of normal numbers it is then uniformly
   * distributed.
   *
   * @param values a matrix in row-major order
   * @param rows its rows
   * @param columns its columns
   * @return a matrix of the same sizes, whose columns are orthonormal, or its rows if there are
   *     fewer
   */
  static double[] from(double[] values, int rows, int columns) {
    boolean wide = rows < columns;
    int tall = wide ? columns : rows;
    int narrow = wide ? rows : columns;
    // Columns of the tall matrix, one array each.
    double[][] a = new double[narrow][tall];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        a[wide ? i : j][wide ? j : i] = values[i * columns + j];
      }
    }
    double[] signs = new double[narrow];
    for (int k = 0; k < narrow; k++) {
      signs[k] = reflector(a[k], k);
      for (int j = k + 1; j < narrow; j++) {
        reflect(a[k], a[j], k);
      }
    }
    double[] result = new double[values.length];
    for (int j = 0; j < narrow; j++) {
      double[] q = new double[tall];
      q[j] = signs[j];
      for (int k = narrow - 1; k >= 0; k--) {
        reflect(a[k], q, k);
      }
      for (int i = 0; i < tall; i++) {
        result[wide ? j * columns + i : i * columns + j] = q[i];
      }
    }
    return result;
  }

  /**
   * Replaces a column, from row k on, by the unit normal of the reflection that maps it to a
   * multiple of the k-th axis.
   *
   * @return the sign of that multiple
   */
  private static double reflector(double[] column, int k) {
    double squares = 0;
    for (int i = k; i < column.length; i++) {
      squares += column[i] * column[i];
    }
    double norm = Math.sqrt(squares);
    if (norm == 0) {
      return 1;
    }
    double first = column[k];
    double target = first > 0 ? -norm : norm;
    column[k] = first - target;
    // |v|^2 = |x|^2 - 2 target x_k + target^2, and |target| = |x|
    double length = Math.sqrt(2 * (squares - target * first));
    for (int i = k; i < column.length; i++) {
      column[i] /= length;
    }
    return Math.signum(target);
  }

  /** Reflects a vector, from row k on. */
  private static void reflect(double[] normal, double[] vector, int k) {
    double product = 0;
    for (int i = k; i < vector.length; i++) {
      product += normal[i] * vector[i];
    }
    for (int i = k; i < vector.length; i++) {
      vector[i] -= 2 * product * normal[i];
    }
  }
}
