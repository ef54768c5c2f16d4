package dev.gatun.autograd;

import java.util.Arrays;

/**
 * Householder reflections of the first columns of some rows on the heap, and what they do to other
 * rows. Four columns at a time are reduced on their own; their reflections {@code I - V T V^T}
 * reach the rest together.
 *
 * <p>What is left of the columns is the upper triangle; beneath the diagonal stand the vectors,
 * whose elements on the diagonal, all 1, are implied.
 */
final class ReflectedPanel {
  private final double[][] rows;
  private final int height;

  /** The factors of the reflections. */
  private final double[] taus;

  /** The triangle T of a step, row by row. */
  private double[] triangle = new double[0];

  /** The vectors of a step. */
  private final double[][] vectors;

  private final double[] across = new double[Rows64.STEP];

  private ReflectedPanel(double[][] rows, int height, double[] taus) {
    this.rows = rows;
    this.height = height;
    this.taus = taus;
    vectors = RowScratch.columns(Rows64.STEP, height);
  }

  /**
   * Reduces columns.
   *
   * @param rows the rows, in whose place the result is put
   * @param height how many rows there are
   * @param width how many elements of each row there are
   * @param taus takes the factors of the reflections, one for each column that is reduced
   */
  static void factor(double[][] rows, int height, int width, double[] taus) {
    ReflectedPanel panel = new ReflectedPanel(rows, height, taus);
    double[][] shares = RowScratch.shares(Rows64.STEP, width);
    for (int k = 0; k < taus.length; k += Rows64.STEP) {
      panel.step(k, Math.min(Rows64.STEP, taus.length - k), shares, width);
    }
  }

  /**
   * Takes rows of a unit matrix to those of the orthogonal matrix.
   *
   * @param rows what {@link #factor} left
   * @param height how many rows there are
   * @param taus the factors of the reflections, one at least
   * @param unit the first columns of the unit matrix, as many rows
   * @param width how many columns of it there are
   */
  static void multiply(double[][] rows, int height, double[] taus, double[][] unit, int width) {
    ReflectedPanel panel = new ReflectedPanel(rows, height, taus);
    double[][] shares = RowScratch.shares(Rows64.STEP, width);
    int last = (taus.length - 1) / Rows64.STEP * Rows64.STEP;
    for (int k = last; k >= 0; k -= Rows64.STEP) {
      int step = Math.min(Rows64.STEP, taus.length - k);
      Rows64.gather(rows, k, step, panel.vectors, k, height);
      panel.completeVectors(k, step);
      panel.findTriangle(k, step);
      // The columns before are those of the unit matrix still.
      panel.findShares(unit, k, step, shares, k, width);
      panel.combine(shares, step, k, width, false);
      panel.takeShares(unit, k, step, shares, k, width);
    }
  }

  /**
   * Makes the triangle T of all the reflections of a panel.
   *
   * @param products {@code V^T V}; only what is above its diagonal is read
   * @param taus the factors of the reflections
   * @return T, row by row
   */
  static double[] triangle(double[] products, double[] taus) {
    int count = taus.length;
    double[] result = new double[count * count];
    for (int c = 0; c < count; c++) {
      result[c * count + c] = taus[c];
      for (int a = 0; a < c; a++) {
        double sum = 0;
        for (int b = a; b < c; b++) {
          sum += result[a * count + b] * products[b * count + c];
        }
        result[a * count + c] = -taus[c] * sum;
      }
    }
    return result;
  }

  private void step(int k, int step, double[][] shares, int width) {
    Rows64.gather(rows, k, step, vectors, k, height);
    for (int c = 0; c < step; c++) {
      reduce(k + c, c, step);
    }
    Rows64.scatter(rows, k, step, vectors, k, height);
    int end = k + step;
    if (end < width) {
      completeVectors(k, step);
      findTriangle(k, step);
      findShares(rows, k, step, shares, end, width);
      combine(shares, step, end, width, true);
      takeShares(rows, k, step, shares, end, width);
    }
  }

  /** Reduces one of the columns at hand, and reflects those of them that follow. */
  private void reduce(int k, int at, int step) {
    double[] vector = vectors[at];
    taus[k] = Vectors64.reflect(vector, k, height);
    double left = vector[k];
    vector[k] = 1;
    for (int c = at + 1; c < step; c++) {
      double share = taus[k] * Vectors64.dot(vector, vectors[c], k, height);
      Rows64.subtract(vectors[c], share, vector, k, height);
    }
    vector[k] = left;
  }

  /** Puts the elements of the vectors that are not stored in the place of the triangle. */
  private void completeVectors(int k, int step) {
    for (int c = 0; c < step; c++) {
      for (int i = k; i < k + c; i++) {
        vectors[c][i] = 0;
      }
      vectors[c][k + c] = 1;
    }
  }

  private void findTriangle(int k, int step) {
    double[] products = new double[step * step];
    for (int a = 0; a < step; a++) {
      for (int c = a + 1; c < step; c++) {
        products[a * step + c] = Vectors64.dot(vectors[a], vectors[c], k + c, height);
      }
    }
    triangle = triangle(products, Arrays.copyOfRange(taus, k, k + step));
  }

  /** Finds {@code -V^T X}. */
  private void findShares(double[][] others, int k, int step, double[][] shares, int from, int to) {
    for (int c = 0; c < step; c++) {
      Arrays.fill(shares[c], from, to, 0);
      Rows64.subtract(shares[c], vectors[c], k, height - k, others, k, from, to);
    }
  }

  /** Multiplies shares by {@code -T}, or by its transpose. */
  private void combine(double[][] shares, int step, int from, int to, boolean transposed) {
    for (int i = 0; i < step; i++) {
      int c = transposed ? step - 1 - i : i;
      Rows64.multiply(shares[c], -triangle[c * step + c], from, to);
      for (int other = transposed ? 0 : c + 1; other < (transposed ? c : step); other++) {
        double factor = triangle[transposed ? other * step + c : c * step + other];
        Rows64.subtract(shares[c], factor, shares[other], from, to);
      }
    }
  }

  /** {@code X -= V W}. */
  private void takeShares(double[][] others, int k, int step, double[][] shares, int from, int to) {
    for (int i = k; i < height; i++) {
      for (int c = 0; c < step; c++) {
        across[c] = vectors[c][i];
      }
      Rows64.subtract(others[i], across, 0, step, shares, 0, from, to);
    }
  }
}
