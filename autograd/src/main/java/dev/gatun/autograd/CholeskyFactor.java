package dev.gatun.autograd;

import dev.gatun.memory.LinearAlgebraException;

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
    for (int start = 0; start < cholesky.size; start += BLOCK) {
      int failed = cholesky.factorBlock(start, Math.min(start + BLOCK, cholesky.size));
      if (failed > 0) {
        throw new LinearAlgebraException(
            label + ": the leading minor of order " + failed + " is not positive definite");
      }
    }
    return cholesky.factors.tril(0);
  }

  /** Returns the order of the first minor that is not positive, or 0. */
  private int factorBlock(int start, int end) {
    for (int i = start; i < size; i++) {
      for (int j = start; j <= i && j < end; j++) {
        double sum = at(i, j);
        for (int k = start; k < j; k++) {
          sum -= at(i, k) * at(j, k);
        }
        if (i > j) {
          set(i, j, sum / at(j, j));
        } else if (sum > 0) {
          set(i, i, Math.sqrt(sum));
        } else {
          return i + 1;
        }
      }
    }
    if (end < size) {
      Tensor below = part(end, size, start, end);
      subtractProduct(part(end, size, end, size), below, below.mT());
    }
    return 0;
  }
}
