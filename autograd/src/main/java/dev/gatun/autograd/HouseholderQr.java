package dev.gatun.autograd;

import dev.gatun.kernels.Kernels;
import dev.gatun.memory.DType;
import dev.gatun.memory.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A matrix as the product of an orthogonal one and an upper triangle, in float64. Reflections,
 * column by column within blocks; a block of them, {@code I - V T V^T}, reaches the other columns
 * by matrix products (Schreiber and Van Loan, A storage-efficient WY representation for products of
 * Householder transformations, 1989). Signs are LAPACK's. Tensors join the caller's scope.
 */
final class HouseholderQr {
  private static final int BLOCK = 32;

  /** The transposed triangle, [columns, rows]. */
  private final Tensor columns;

  private final int rows;
  private final List<Block> blocks = new ArrayList<>();

  /**
   * Reflections that leave the elements before the start alone; the rows of V^T are the vectors.
   */
  private record Block(int start, Tensor vectors, Tensor factors) {}

  private HouseholderQr(Tensor columns) {
    this.columns = columns;
    rows = Math.toIntExact(columns.size(1));
  }

  /** Factors a matrix [m, n] of any floating-point type. */
  static HouseholderQr of(Tensor matrix) {
    Tensor columns = Tensor.allocate(DType.FLOAT64, Shape.of(matrix.size(1), matrix.size(0)));
    Kernels.provider().indexing().copy(columns, matrix.mT());
    HouseholderQr qr = new HouseholderQr(columns);
    int count = Math.toIntExact(Math.min(columns.size(0), columns.size(1)));
    for (int start = 0; start < count; start += BLOCK) {
      qr.factorBlock(start, Math.min(start + BLOCK, count));
    }
    return qr;
  }

  private void factorBlock(int start, int end) {
    int width = end - start;
    Tensor panel = TriangularFactors.part(columns, start, end, start, rows);
    double[][] lines = rows(panel);
    double[][] vectors = new double[width][];
    double[][] factors = new double[width][width];
    for (int i = 0; i < width; i++) {
      double tau = Vectors64.reflect(lines[i], i);
      vectors[i] = vector(lines[i], i);
      for (int j = i + 1; j < width; j++) {
        Vectors64.add(lines[j], -tau * Vectors64.dot(vectors[i], lines[j], i), vectors[i], i);
      }
      factors[i][i] = tau;
      for (int k = i - 1; k >= 0; k--) {
        // T grows by the column -tau T V^T v.
        double product = Vectors64.dot(vectors[k], vectors[i], i);
        for (int row = 0; row <= k; row++) {
          factors[row][i] -= tau * factors[row][k] * product;
        }
      }
    }
    Kernels.provider().indexing().copy(panel, tensor(lines, rows - start));
    Block block = new Block(start, tensor(vectors, rows - start), tensor(factors, width));
    blocks.add(block);
    if (end < columns.size(0)) {
      reflect(
          TriangularFactors.part(columns, end, columns.size(0), start, rows), block, block.factors);
    }
  }

  /** Takes the vector of a reflection out of a column of which its first element is to stay. */
  private static double[] vector(double[] column, int at) {
    double[] vector = new double[column.length];
    vector[at] = 1;
    for (int i = at + 1; i < column.length; i++) {
      vector[i] = column[i];
      column[i] = 0;
    }
    return vector;
  }

  /** Reflects the rows of a matrix: {@code X -= X V T V^T}. */
  private static void reflect(Tensor matrix, Block block, Tensor factors) {
    Tensor shares = matrix.matmul(block.vectors.mT()).matmul(factors);
    Kernels.provider().matmul().matmul(matrix, shares, block.vectors, -1, 1, null, null);
  }

  /**
   * Returns the first columns of the orthogonal matrix.
   *
   * @param count how many, not fewer than the triangle has rows, but for 0
   * @return [count, m]: the columns are rows
   */
  Tensor orthogonal(long count) {
    Tensor result = Gatun.zeros(DType.FLOAT64, Shape.of(count, rows));
    for (long i = 0; i < count; i++) {
      result.set(1, i, i);
    }
    for (int i = blocks.size() - 1; i >= 0; i--) {
      Block block = blocks.get(i);
      // The rows before are those of the unit matrix still.
      Tensor part = TriangularFactors.part(result, block.start, count, block.start, rows);
      reflect(part, block, block.factors.mT());
    }
    return result;
  }

  /** Returns the first rows of the triangle, [count, n], as a view. */
  Tensor triangle(long count) {
    return columns.mT().narrow(0, 0, count);
  }

  /** Copies the rows of a matrix to the heap. */
  static double[][] rows(Tensor matrix) {
    return rows(matrix.toDoubleArray(), Math.toIntExact(matrix.size(0)));
  }

  /** Cuts elements into rows. */
  static double[][] rows(double[] elements, int count) {
    double[][] result = new double[count][];
    int width = count == 0 ? 0 : elements.length / count;
    for (int i = 0; i < count; i++) {
      result[i] = Arrays.copyOfRange(elements, i * width, (i + 1) * width);
    }
    return result;
  }

  /** Makes a matrix of rows. */
  static Tensor tensor(double[][] rows, int width) {
    double[] elements = new double[rows.length * width];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(rows[i], 0, elements, i * width, width);
    }
    return Gatun.tensor(DType.FLOAT64, Shape.of(rows.length, width), elements);
  }
}
