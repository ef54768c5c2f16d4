package dev.gatun.autograd;

/**
 * Some columns of a matrix as the product of a lower triangle, or what is left of one, with ones on
 * its diagonal, and an upper one; each pivot is the largest element that is left of its column.
 * Four columns at a time are factored on their own, and the rest is served with these together.
 */
final class PivotedPanel {
  private final double[][] rows;
  private final int height;
  private final int width;

  /** With which row each row was exchanged. */
  private final int[] exchanged;

  private final double[][] columns;

  private PivotedPanel(double[][] rows, int height, int width, int[] exchanged) {
    this.rows = rows;
    this.height = height;
    this.width = width;
    this.exchanged = exchanged;
    columns = RowScratch.columns(Rows64.STEP, height);
  }

  /**
   * Puts triangles in the place of a panel.
   *
   * @param rows the panel; its rows are exchanged as references
   * @param height how many rows there are, not fewer than columns
   * @param width how many columns there are
   * @param exchanged takes with which row each row was exchanged, in order
   */
  static void factor(double[][] rows, int height, int width, int[] exchanged) {
    PivotedPanel panel = new PivotedPanel(rows, height, width, exchanged);
    for (int k = 0; k < width; k += Rows64.STEP) {
      panel.step(k, Math.min(Rows64.STEP, width - k));
    }
  }

  private void step(int k, int count) {
    Rows64.gather(rows, k, count, columns, k, height);
    for (int c = 0; c < count; c++) {
      factorColumn(k + c, c, count);
    }
    Rows64.scatter(rows, k, count, columns, k, height);
    int end = k + count;
    for (int i = k + 1; i < height; i++) {
      Rows64.subtract(rows[i], rows[i], k, Math.min(i - k, count), rows, k, end, width);
    }
  }

  /** Factors one of the columns at hand and serves those of them that follow. */
  private void factorColumn(int k, int at, int count) {
    double[] column = columns[at];
    int pivot = largest(column, k, height);
    exchanged[k] = pivot;
    if (pivot != k) {
      double[] kept = rows[k];
      rows[k] = rows[pivot];
      rows[pivot] = kept;
      for (int c = 0; c < count; c++) {
        double element = columns[c][k];
        columns[c][k] = columns[c][pivot];
        columns[c][pivot] = element;
      }
    }
    if (column[k] == 0) {
      return;
    }
    Rows64.divide(column, column[k], k + 1, height);
    for (int c = at + 1; c < count; c++) {
      Rows64.subtract(columns[c], columns[c][k], column, k + 1, height);
    }
  }

  private static int largest(double[] column, int from, int to) {
    int largest = from;
    double size = Math.abs(column[from]);
    for (int i = from + 1; i < to; i++) {
      double other = Math.abs(column[i]);
      if (other > size) {
        largest = i;
        size = other;
      }
    }
    return largest;
  }
}
