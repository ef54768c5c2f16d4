package dev.gatun.autograd;

import dev.gatun.memory.DType;
import dev.gatun.memory.LinearAlgebraException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Singular values without vectors. Two diagonals give them fast, off by a few roundings of the
 * largest one; where that is too much for the least, {@link JacobiSvd} finds all of them anew.
 */
final class SingularSpectrum {
  /** From this part of the largest value on, values keep all digits that float32 has. */
  private static final double TOLD_IN_FLOAT32 = 0x1p-20;

  /** From this part of the largest value on, values keep all but some ten binary digits. */
  private static final double TOLD_IN_FLOAT64 = 0x1p-10;

  /** By how much more than its columns the rows of a matrix are to be reduced to a triangle. */
  private static final double TALL = 1.5;

  /** Roundings of the largest value for each row or column, more than values are off by. */
  private static final double ROUNDINGS = 8;

  private SingularSpectrum() {}

  /**
   * Returns the singular values of a matrix, descending.
   *
   * @param matrix [m, n], of any floating-point type
   * @param label the operation and the matrix, for messages
   * @throws LinearAlgebraException when an element is not finite
   */
  static double[] of(Tensor matrix, String label) {
    double[] values = fast(matrix, label);
    return values != null && isTold(values, matrix.dtype())
        ? values
        : JacobiSvd.of(matrix, false, label).values();
  }

  /** Tells whether the least value is large enough beside the largest. */
  private static boolean isTold(double[] values, DType dtype) {
    double told = dtype == DType.FLOAT32 ? TOLD_IN_FLOAT32 : TOLD_IN_FLOAT64;
    return values.length == 0 || values[values.length - 1] >= told * values[0];
  }

  /**
   * Counts the singular values that are not cut off.
   *
   * @param matrix [m, n], of any floating-point type
   * @param cutoff up to where values are cut off
   * @param label the operation and the matrix, for messages
   * @throws LinearAlgebraException when an element is not finite
   */
  static long rank(Tensor matrix, Cutoff cutoff, String label) {
    double[] values = fast(matrix, label);
    if (values != null) {
      long longest = Math.max(matrix.size(0), matrix.size(1));
      long rank = cutoff.rank(values, ROUNDINGS * longest);
      if (rank == cutoff.rank(values, -ROUNDINGS * longest)) {
        return rank;
      }
    }
    return cutoff.rank(JacobiSvd.of(matrix, false, label).values());
  }

  private static double @Nullable [] fast(Tensor matrix, String label) {
    ScaledElements scaled = ScaledElements.of(matrix, label);
    int height = Math.toIntExact(Math.max(matrix.size(0), matrix.size(1)));
    int width = Math.toIntExact(Math.min(matrix.size(0), matrix.size(1)));
    double[][] rows = RowScratch.matrix(height, width);
    if (height > TALL * width && width > 0) {
      Tensor copy = Gatun.tensor(DType.FLOAT64, matrix.shape(), scaled.elements());
      Tensor triangle =
          HouseholderQr.of(matrix.size(0) < matrix.size(1) ? copy.mT() : copy).triangle(width);
      height = width;
      RowScratch.read(rows, triangle.asSegment(), width, 0, width, 0, width);
    } else {
      lay(scaled.elements(), rows, height, width, matrix.size(0) < matrix.size(1));
    }
    Bidiagonal two = Bidiagonal.of(rows, height, width);
    double[] values = QuotientDifferences.values(two.diagonal(), two.beside());
    if (values == null) {
      return null;
    }
    Arrays.sort(values);
    for (int i = 0, j = values.length - 1; i < j; i++, j--) {
      double kept = values[i];
      values[i] = values[j];
      values[j] = kept;
    }
    scaled.restore(values);
    return values;
  }

  private static void lay(
      double[] elements, double[][] rows, int height, int width, boolean isWide) {
    for (int i = 0; i < height; i++) {
      if (!isWide) {
        System.arraycopy(elements, i * width, rows[i], 0, width);
        continue;
      }
      for (int j = 0; j < width; j++) {
        rows[i][j] = elements[j * height + i];
      }
    }
  }
}
