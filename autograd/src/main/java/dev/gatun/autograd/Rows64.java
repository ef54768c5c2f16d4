package dev.gatun.autograd;

/**
 * Combinations of rows. All decompositions are written so that most of their work is done here:
 * several rows are taken from one at a time, so that it is loaded and stored less often, and no sum
 * goes along a row, which the compiler would not make vector code for.
 */
final class Rows64 {
  /** So many rows or columns are best taken at a time. */
  static final int STEP = 4;

  private Rows64() {}

  /**
   * {@code y -= factors[at] * x[first] + factors[at + 1] * x[first + 1] + ...}, of some elements.
   * The factors may be elements of y that do not change.
   *
   * @param count how many rows are taken
   * @param from the first element
   * @param to the end of the elements
   */
  static void subtract(
      double[] y, double[] factors, int at, int count, double[][] x, int first, int from, int to) {
    int k = 0;
    for (; k + STEP <= count; k += STEP) {
      subtractFour(
          y,
          factors[at + k],
          x[first + k],
          factors[at + k + 1],
          x[first + k + 1],
          factors[at + k + 2],
          x[first + k + 2],
          factors[at + k + 3],
          x[first + k + 3],
          from,
          to);
    }
    for (; k < count; k++) {
      subtract(y, factors[at + k], x[first + k], from, to);
    }
  }

  private static void subtractFour(
      double[] y,
      double a,
      double[] xa,
      double b,
      double[] xb,
      double c,
      double[] xc,
      double d,
      double[] xd,
      int from,
      int to) {
    for (int j = from; j < to; j++) {
      y[j] -= a * xa[j] + b * xb[j] + (c * xc[j] + d * xd[j]);
    }
  }

  /** {@code y -= a * xa + b * xb}, of some elements. */
  static void subtract(double[] y, double a, double[] xa, double b, double[] xb, int from, int to) {
    for (int j = from; j < to; j++) {
      y[j] -= a * xa[j] + b * xb[j];
    }
  }

  /** {@code y -= factor * x}, of some elements. */
  static void subtract(double[] y, double factor, double[] x, int from, int to) {
    for (int j = from; j < to; j++) {
      y[j] -= factor * x[j];
    }
  }

  /**
   * Finds the inner products of some rows with another one: {@code result[i] = rows[i] x}.
   *
   * @param first the first row
   * @param last the end of the rows
   * @param from the first element
   * @param to the end of the elements
   */
  static void dots(
      double[][] rows, int first, int last, double[] x, int from, int to, double[] result) {
    int i = first;
    for (; i + 1 < last; i += 2) {
      twoDots(rows[i], rows[i + 1], x, from, to, result, i);
    }
    if (i < last) {
      result[i] = Vectors64.dot(rows[i], x, from, to);
    }
  }

  /** Two at a time: what is multiplied with both is loaded once. */
  private static void twoDots(
      double[] y, double[] z, double[] x, int from, int to, double[] result, int at) {
    double y0 = 0;
    double y1 = 0;
    double y2 = 0;
    double y3 = 0;
    double z0 = 0;
    double z1 = 0;
    double z2 = 0;
    double z3 = 0;
    int j = from;
    for (; j + 3 < to; j += 4) {
      y0 += y[j] * x[j];
      z0 += z[j] * x[j];
      y1 += y[j + 1] * x[j + 1];
      z1 += z[j + 1] * x[j + 1];
      y2 += y[j + 2] * x[j + 2];
      z2 += z[j + 2] * x[j + 2];
      y3 += y[j + 3] * x[j + 3];
      z3 += z[j + 3] * x[j + 3];
    }
    for (; j < to; j++) {
      y0 += y[j] * x[j];
      z0 += z[j] * x[j];
    }
    result[at] = y0 + y1 + (y2 + y3);
    result[at + 1] = z0 + z1 + (z2 + z3);
  }

  /** Multiplies some elements by a number. */
  static void multiply(double[] y, double factor, int from, int to) {
    for (int j = from; j < to; j++) {
      y[j] *= factor;
    }
  }

  /** Divides some elements by a number. */
  static void divide(double[] y, double divisor, int from, int to) {
    for (int j = from; j < to; j++) {
      y[j] /= divisor;
    }
  }

  /**
   * Reads columns of a matrix that is given by its rows: {@code columns[c][i] = rows[i][k + c]}.
   *
   * @param count how many columns
   * @param from the first row
   * @param to the end of the rows
   */
  static void gather(double[][] rows, int k, int count, double[][] columns, int from, int to) {
    if (count != STEP) {
      for (int c = 0; c < count; c++) {
        for (int i = from; i < to; i++) {
          columns[c][i] = rows[i][k + c];
        }
      }
      return;
    }
    double[] first = columns[0];
    double[] second = columns[1];
    double[] third = columns[2];
    double[] fourth = columns[3];
    for (int i = from; i < to; i++) {
      double[] row = rows[i];
      first[i] = row[k];
      second[i] = row[k + 1];
      third[i] = row[k + 2];
      fourth[i] = row[k + 3];
    }
  }

  /** Writes columns as {@link #gather} reads them. */
  static void scatter(double[][] rows, int k, int count, double[][] columns, int from, int to) {
    if (count != STEP) {
      for (int c = 0; c < count; c++) {
        for (int i = from; i < to; i++) {
          rows[i][k + c] = columns[c][i];
        }
      }
      return;
    }
    double[] first = columns[0];
    double[] second = columns[1];
    double[] third = columns[2];
    double[] fourth = columns[3];
    for (int i = from; i < to; i++) {
      double[] row = rows[i];
      row[k] = first[i];
      row[k + 1] = second[i];
      row[k + 2] = third[i];
      row[k + 3] = fourth[i];
    }
  }
}
