package dev.gatun.autograd;

import dev.gatun.kernels.Kernels;
import org.jspecify.annotations.Nullable;

/**
 * The pseudo-inverse of a matrix of which no singular value is cut off, by its QR decomposition or
 * that of its transpose. That none is follows from the norms of the triangle and of its inverse,
 * between which all values lie, so that they need not be found. Tensors join the caller's scope.
 *
 * @param orthogonal orthonormal columns, [longer side, shorter side]
 * @param inverse the inverse of the triangle
 * @param isWide whether the transpose has been decomposed
 */
record FullRank(Tensor orthogonal, Tensor inverse, boolean isWide) {
  /** The least singular value is at least this part of the largest, so that digits are left. */
  private static final double LEAST = 0x1p-26;

  /**
   * Decomposes a matrix [m, n] of any floating-point type.
   *
   * @return null when a singular value may be cut off, or an element is not finite
   */
  static @Nullable FullRank of(Tensor matrix, Cutoff cutoff) {
    long size = Math.min(matrix.size(0), matrix.size(1));
    if (size == 0) {
      return null;
    }
    boolean isWide = matrix.size(0) < matrix.size(1);
    HouseholderQr qr = HouseholderQr.of(isWide ? matrix.mT() : matrix);
    Tensor triangle = qr.triangle(size);
    Tensor inverse = UpperInverse.of(triangle);
    double largest = norm(triangle);
    double least = 1 / norm(inverse);
    return least > LEAST * largest && cutoff.isBelow(least, largest)
        ? new FullRank(qr.orthogonal(size), inverse, isWide)
        : null;
  }

  /** The root of the sum of squares. */
  private static double norm(Tensor matrix) {
    int height = Math.toIntExact(matrix.size(0));
    int width = Math.toIntExact(matrix.size(1));
    double[][] row = RowScratch.shares(1, width);
    double sum = 0;
    for (int i = 0; i < height; i++) {
      RowScratch.read(row, matrix.asSegment(), width, i, i + 1, 0, width);
      sum += Vectors64.dot(row[0], row[0], 0, width);
    }
    return Math.sqrt(sum);
  }

  /** Fills with the pseudo-inverse, [n, m]. */
  void inverseTo(Tensor out) {
    if (isWide) {
      multiply(out, orthogonal, inverse.mT());
    } else {
      multiply(out, inverse, orthogonal.mT());
    }
  }

  /** Fills with what the pseudo-inverse makes of columns, float64. */
  void solutionTo(Tensor out, Tensor right) {
    if (isWide) {
      multiply(out, orthogonal, inverse.mT().matmul(right));
    } else {
      multiply(out, inverse, orthogonal.mT().matmul(right));
    }
  }

  private static void multiply(Tensor out, Tensor left, Tensor right) {
    Kernels.provider().matmul().matmul(out, left, right, 1, 0, null, null);
  }
}
