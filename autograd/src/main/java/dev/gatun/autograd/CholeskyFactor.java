package dev.gatun.autograd;

import dev.gatun.memory.LinearAlgebraException;
import java.util.Arrays;

/** The lower triangle whose product with its own transpose is a positive definite matrix. */
final class CholeskyFactor extends TriangularFactors {
  private CholeskyFactor(Tensor matrix) {
    super(matrix);
  }

  /**
   * Factors the symmetric matrix of which a lower triangle is given.
   *
   * @param matrix [n, n]; what is above its diagonal is not read
   * @param label the operation and the matrix, for messages
   * @return a new tensor, float64, zero above the diagonal
   * @throws LinearAlgebraException when the matrix is not positive definite
   */
  static Tensor of(Tensor matrix, String label) {
    CholeskyFactor cholesky = new CholeskyFactor(matrix);
    for (int start = 0; start < cholesky.size; start += cholesky.block) {
      int failed = cholesky.factorBlock(start, Math.min(start + cholesky.block, cholesky.size));
      if (failed > 0) {
        throw new LinearAlgebraException(
            label + ": the leading minor of order " + failed + " is not positive definite");
      }
    }
    return cholesky.block < cholesky.size ? cholesky.factors.tril(0) : cholesky.factors;
  }

  /** Returns the order of the first minor that is not positive, or 0. */
  private int factorBlock(int start, int end) {
    int width = end - start;
    int height = size - start;
    double[][] panel = RowScratch.matrix(height, width);
    read(panel, start, size, start, end);
    double[][] columns = RowScratch.columns(Rows64.STEP, height);
    for (int k = 0; k < width; k += Rows64.STEP) {
      int count = Math.min(Rows64.STEP, width - k);
      Rows64.gather(panel, k, count, columns, k, height);
      int failed = factorColumns(columns, k, count, height);
      if (failed > 0) {
        return start + failed;
      }
      Rows64.scatter(panel, k, count, columns, k, height);
      for (int i = k + count; i < height; i++) {
        Rows64.subtract(
            panel[i], panel[i], k, count, columns, 0, k + count, Math.min(i + 1, width));
      }
    }
    for (int i = 0; i < width; i++) {
      Arrays.fill(panel[i], i + 1, width, 0);
    }
    write(panel, start, size, start, end);
    if (end < size) {
      Tensor below = part(end, size, start, end);
      subtractProduct(part(end, size, end, size), below, below.mT());
    }
    return 0;
  }

  /** Factors some columns, from the row of the first one's diagonal element on. */
  private static int factorColumns(double[][] columns, int k, int count, int height) {
    for (int c = 0; c < count; c++) {
      double[] column = columns[c];
      double square = column[k + c];
      if (!(square > 0)) {
        return k + c + 1;
      }
      column[k + c] = Math.sqrt(square);
      Rows64.divide(column, column[k + c], k + c + 1, height);
      for (int d = c + 1; d < count; d++) {
        Rows64.subtract(columns[d], column[k + d], column, k + d, height);
      }
    }
    return 0;
  }
}
