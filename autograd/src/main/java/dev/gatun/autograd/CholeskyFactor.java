package dev.gatun.autograd;

import dev.gatun.kernels.Kernels;
import dev.gatun.memory.DType;
import dev.gatun.memory.LinearAlgebraException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The lower triangle whose product with its own transpose is a positive definite matrix, in
 * float64. Column by column within blocks; what a block owes to the rest is a matrix product.
 */
final class CholeskyFactor {
  private static final int BLOCK = 48;

  private final Tensor factor;
  private final MemorySegment elements;
  private final int size;

  private CholeskyFactor(Tensor factor) {
    this.factor = factor;
    elements = factor.asSegment();
    size = Math.toIntExact(factor.size(0));
  }

  /**
   * Factors the symmetric matrix of which a lower triangle is given.
   *
   * @param matrix [n, n]; what is above its diagonal is not read
   * @param which the name of the matrix in messages
   * @return a new tensor, zero above the diagonal
   * @throws LinearAlgebraException when the matrix is not positive definite
   */
  static Tensor of(Tensor matrix, String which) {
    Tensor copy = Tensor.allocate(DType.FLOAT64, matrix.shape());
    Kernels.provider().indexing().copy(copy, matrix);
    CholeskyFactor cholesky = new CholeskyFactor(copy);
    for (int start = 0; start < cholesky.size; start += BLOCK) {
      int failed = cholesky.factorBlock(start, Math.min(start + BLOCK, cholesky.size));
      if (failed > 0) {
        copy.close();
        throw new LinearAlgebraException(
            "cholesky: "
                + which
                + ": the leading minor of order "
                + failed
                + " is not positive definite");
      }
    }
    for (int i = 0; i < cholesky.size; i++) {
      for (int j = i + 1; j < cholesky.size; j++) {
        cholesky.set(i, j, 0);
      }
    }
    return copy;
  }

  private double at(long row, int column) {
    return elements.getAtIndex(ValueLayout.JAVA_DOUBLE, row * size + column);
  }

  private void set(long row, int column, double value) {
    elements.setAtIndex(ValueLayout.JAVA_DOUBLE, row * size + column, value);
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
      Tensor below = LuFactors.part(factor, end, size, start, end);
      try (below) {
        LuFactors.subtractProduct(
            LuFactors.part(factor, end, size, end, size), below.alias(), below.mT());
      }
    }
    return 0;
  }
}
