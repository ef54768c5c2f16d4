package dev.gatun.autograd;

import dev.gatun.memory.LinearAlgebraException;
import java.util.Arrays;

/**
 * The eigenvalues and eigenvectors of a symmetric matrix, in float64: reflections leave three
 * diagonals, which the implicit QL iteration reduces to one (Golub and Van Loan, Matrix
 * Computations, chapter 8). What is found belongs to a matrix that differs from the given one by a
 * few roundings of its norm.
 */
final class SymmetricEigen {
  /** What is smaller is nothing, even beside diagonal elements of zero. */
  private static final double VANISHING = 0x1p-900;

  private final double[] values;

  /** The elements beside the diagonal; the last one is no such element. */
  private final double[] beside;

  /** The eigenvectors as rows; none where values alone are wanted. */
  private final double[][] vectors;

  private SymmetricEigen(int size, boolean wanted) {
    values = new double[size];
    beside = new double[size];
    vectors = new double[wanted ? size : 0][size];
    for (int i = 0; i < vectors.length; i++) {
      vectors[i][i] = 1;
    }
  }

  /**
   * Decomposes the symmetric matrix of which a lower triangle is given, of any floating-point type.
   *
   * @param matrix [n, n]; what is above its diagonal is not read
   * @param vectors whether more than the values is wanted
   * @param label the operation and the matrix, for messages
   * @throws LinearAlgebraException when an element is not finite
   */
  static SymmetricEigen of(Tensor matrix, boolean vectors, String label) {
    ScaledElements scaled = ScaledElements.of(matrix.tril(0), label);
    int size = Math.toIntExact(matrix.size(0));
    double[][] rows = HouseholderQr.rows(scaled.elements(), size);
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < i; j++) {
        rows[j][i] = rows[i][j];
      }
    }
    SymmetricEigen eigen = new SymmetricEigen(size, vectors);
    eigen.tridiagonalize(rows);
    if (vectors) {
      eigen.iterate(label);
    } else {
      TridiagonalValues.find(eigen.values, eigen.beside, label);
    }
    eigen.sort();
    scaled.restore(eigen.values);
    return eigen;
  }

  /** The eigenvalues, ascending. */
  double[] values() {
    return values;
  }

  /** The eigenvectors as rows. */
  double[][] vectors() {
    return vectors;
  }

  private void tridiagonalize(double[][] rows) {
    int size = values.length;
    double[] taus = new double[size];
    double[] shares = new double[size];
    for (int k = 0; k < size; k++) {
      values[k] = rows[k][k];
      if (k + 1 == size) {
        break;
      }
      double[] vector = rows[k];
      taus[k] = Vectors64.reflect(vector, k + 1);
      beside[k] = vector[k + 1];
      vector[k + 1] = 1;
      if (taus[k] != 0) {
        reflectBothSides(rows, vector, taus[k], k + 1, shares);
      }
    }
    for (int k = size - 2; k >= 0 && vectors.length > 0; k--) {
      for (int i = k + 1; i < size; i++) {
        double share = taus[k] * Vectors64.dot(vectors[i], rows[k], k + 1);
        Vectors64.add(vectors[i], -share, rows[k], k + 1);
      }
    }
  }

  /** {@code S -= v w^T + w v^T}, w = p - tau/2 (p^T v) v, p = tau S v, from an index on. */
  private static void reflectBothSides(
      double[][] rows, double[] v, double tau, int from, double[] w) {
    int size = v.length;
    // The matrix is symmetric, so that its rows are its columns.
    Arrays.fill(w, from, size, 0);
    Rows64.subtract(w, v, from, size - from, rows, from, from, size);
    Rows64.multiply(w, -tau, from, size);
    Vectors64.add(w, -0.5 * tau * Vectors64.dot(w, v, from), v, from);
    for (int i = from; i < size; i++) {
      Rows64.subtract(rows[i], v[i], w, w[i], v, from, size);
    }
  }

  private void iterate(String label) {
    double rounding = TridiagonalValues.rounding(values, beside);
    for (int first = 0; first < values.length; first++) {
      int steps = 0;
      int last = blockEnd(first, 0);
      while (last > first) {
        if (steps++ == TridiagonalValues.MOST_STEPS) {
          throw new LinearAlgebraException(label + ": the eigenvalues did not converge");
        }
        chase(first, last);
        last = blockEnd(first, steps < TridiagonalValues.FEW_STEPS ? 0 : rounding);
      }
    }
  }

  /**
   * The end of the block that starts at an index and falls apart nowhere.
   *
   * @param nothing what is up to this size counts as nothing
   */
  private int blockEnd(int first, double nothing) {
    int last = first;
    while (last < values.length - 1) {
      double around = Math.abs(values[last]) + Math.abs(values[last + 1]);
      double size = Math.abs(beside[last]);
      if (size + around == around || size < VANISHING || size <= nothing) {
        break;
      }
      last++;
    }
    return last;
  }

  /** One implicit step: Wilkinson's shift, and rotations from the block's end to its start. */
  private void chase(int first, int last) {
    double half = (values[first + 1] - values[first]) / (2 * beside[first]);
    double root = Math.copySign(Vectors64.hypotenuse(half, 1), half);
    double shifted = values[last] - values[first] + beside[first] / (half + root);
    double s = 1;
    double c = 1;
    double taken = 0;
    for (int i = last - 1; i >= first; i--) {
      double bulge = s * beside[i];
      double inner = c * beside[i];
      double length = Vectors64.hypotenuse(bulge, shifted);
      beside[i + 1] = length;
      if (length == 0) {
        // The block has fallen apart here.
        values[i + 1] -= taken;
        beside[last] = 0;
        return;
      }
      s = bulge / length;
      c = shifted / length;
      double corner = values[i + 1] - taken;
      double sum = (values[i] - corner) * s + 2 * c * inner;
      taken = s * sum;
      values[i + 1] = corner + taken;
      shifted = c * sum - inner;
      if (vectors.length > 0) {
        Vectors64.rotate(vectors[i], vectors[i + 1], c, s);
      }
    }
    values[first] -= taken;
    beside[first] = shifted;
    beside[last] = 0;
  }

  private void sort() {
    int[] order = Vectors64.ascending(values.length, i -> values[i]);
    double[] found = values.clone();
    Arrays.setAll(values, i -> found[order[i]]);
    if (vectors.length > 0) {
      double[][] rows = vectors.clone();
      Arrays.setAll(vectors, i -> rows[order[i]]);
      for (double[] vector : vectors) {
        if (Vectors64.isTurned(vector)) {
          Vectors64.negate(vector);
        }
      }
    }
  }
}
