package dev.gatun.autograd;

import dev.gatun.memory.LinearAlgebraException;
import java.util.Arrays;

/**
 * A matrix as the product of orthonormal columns, singular values and orthonormal rows, in float64:
 * the columns of the transposed triangle of its QR decomposition are turned pair by pair until all
 * are orthogonal (one-sided Jacobi rotations; Drmac and Veselic, New fast and accurate Jacobi SVD
 * algorithm, 2008). Orthogonal to working precision also where values are tiny beside others.
 */
final class JacobiSvd {
  private static final int MOST_SWEEPS = 60;

  /**
   * Below this part of 1, the scale of the matrix, a column counts as one without a direction: a
   * product of longer ones is not {@link #LOST}.
   */
  private static final double VANISHING = 0x1p-450;

  /** A product of columns below this has lost its digits, and quotients by it overflow. */
  private static final double LOST = 0x1p-1000;

  /** A square smaller by this factor than before has lost digits, and is computed anew. */
  private static final double CANCELLED = 0.25;

  /** Beyond this cotangent, the square of a tangent is nothing beside 1. */
  private static final double STEEP = 1e8;

  private final double[] values;
  private double[][] left = new double[0][];
  private double[][] right = new double[0][];

  /** The columns that become orthogonal, longest first. */
  private final double[][] columns;

  /** The columns of the product of the rotations; none where values alone are wanted. */
  private final double[][] turned;

  private final double tolerance;

  private JacobiSvd(double[][] columns, boolean vectors) {
    this.columns = columns;
    int size = columns.length;
    values = new double[size];
    turned = new double[vectors ? size : 0][size];
    for (int i = 0; i < turned.length; i++) {
      turned[i][i] = 1;
    }
    tolerance = Math.ulp(1.0) * (4 + Math.sqrt(size));
  }

  /**
   * Decomposes a matrix [m, n] of any floating-point type.
   *
   * @param vectors whether more than the values is wanted
   * @param label the operation and the matrix, for messages
   * @throws LinearAlgebraException when an element is not finite
   */
  static JacobiSvd of(Tensor matrix, boolean vectors, String label) {
    ScaledElements scaled = ScaledElements.of(matrix, label);
    int height = Math.toIntExact(matrix.size(0));
    int width = Math.toIntExact(matrix.size(1));
    Tensor copy = HouseholderQr.tensor(HouseholderQr.rows(scaled.elements(), height), width);
    boolean tall = height >= width;
    HouseholderQr qr = HouseholderQr.of(tall ? copy : copy.mT());
    int size = Math.min(height, width);
    JacobiSvd svd = new JacobiSvd(HouseholderQr.rows(qr.triangle(size)), vectors);
    svd.orthogonalize(label);
    // A = Q R and R^T J = W S, so that A = (Q J) S W^T.
    int[] order = Vectors64.ascending(size, i -> -svd.values[i]);
    if (vectors) {
      Tensor rotations = HouseholderQr.tensor(taken(svd.turned, order), size);
      Tensor outer = rotations.matmul(qr.orthogonal(size).mT());
      svd.left = HouseholderQr.rows(outer);
      svd.right = svd.directions(order);
      if (!tall) {
        double[][] exchanged = svd.left;
        svd.left = svd.right;
        svd.right = exchanged;
      }
      svd.fixSigns();
    }
    double[] sorted = svd.values.clone();
    Arrays.setAll(svd.values, i -> sorted[order[i]]);
    scaled.restore(svd.values);
    return svd;
  }

  /** The singular values, descending. */
  double[] values() {
    return values;
  }

  /** The left singular vectors as rows. */
  double[][] left() {
    return left;
  }

  /** The right singular vectors as rows. */
  double[][] right() {
    return right;
  }

  private void orthogonalize(String label) {
    for (int sweep = 0; sweep < MOST_SWEEPS; sweep++) {
      if (!sweep()) {
        Arrays.setAll(values, i -> Vectors64.norm(columns[i], 0));
        return;
      }
    }
    throw new LinearAlgebraException(label + ": the singular values did not converge");
  }

  /** Turns each pair of columns once; tells whether any had to be. */
  private boolean sweep() {
    boolean any = false;
    double[] squares = new double[columns.length];
    Arrays.setAll(squares, i -> Vectors64.dot(columns[i], columns[i], 0));
    for (int p = 0; p < columns.length; p++) {
      for (int q = p + 1; q < columns.length; q++) {
        if (squares[p] < squares[q]) {
          exchange(columns, p, q);
          if (turned.length > 0) {
            exchange(turned, p, q);
          }
          double kept = squares[p];
          squares[p] = squares[q];
          squares[q] = kept;
        }
        double product = Vectors64.dot(columns[p], columns[q], 0);
        double lengths = Math.sqrt(squares[p]) * length(q, squares);
        if (Math.abs(product) > Math.max(tolerance * lengths, LOST)) {
          any = true;
          turn(p, q, product, squares);
        }
      }
    }
    return any;
  }

  /** The length of a column, whose square may have vanished. */
  private double length(int column, double[] squares) {
    return squares[column] < Double.MIN_NORMAL
        ? Vectors64.norm(columns[column], 0)
        : Math.sqrt(squares[column]);
  }

  private void turn(int p, int q, double product, double[] squares) {
    double cotangent = (squares[q] - squares[p]) / (2 * product);
    double size = Math.abs(cotangent);
    double tangent =
        Math.copySign(
            size < STEEP ? 1 / (size + Math.sqrt(1 + size * size)) : 0.5 / size, cotangent);
    double c = 1 / Math.sqrt(1 + tangent * tangent);
    double s = c * tangent;
    Vectors64.correct(columns[p], columns[q], c, s);
    if (turned.length > 0) {
      Vectors64.correct(turned[p], turned[q], c, s);
    }
    double before = squares[q];
    squares[p] -= tangent * product;
    squares[q] += tangent * product;
    if (squares[q] < CANCELLED * before) {
      squares[q] = Vectors64.dot(columns[q], columns[q], 0);
    }
  }

  private static void exchange(double[][] rows, int p, int q) {
    double[] kept = rows[p];
    rows[p] = rows[q];
    rows[q] = kept;
  }

  private static double[][] taken(double[][] rows, int[] order) {
    double[][] result = new double[rows.length][];
    Arrays.setAll(result, i -> rows[order[i]]);
    return result;
  }

  /** The directions of the columns; where they have none, any that are orthogonal to the rest. */
  private double[][] directions(int[] order) {
    int size = values.length;
    double[][] result = taken(columns, order);
    int rank = 0;
    while (rank < size && values[order[rank]] > VANISHING) {
      for (int i = 0; i < size; i++) {
        result[rank][i] /= values[order[rank]];
      }
      rank++;
    }
    if (rank < size) {
      Tensor known = HouseholderQr.tensor(Arrays.copyOf(result, rank), size);
      double[][] all = HouseholderQr.rows(HouseholderQr.of(known.mT()).orthogonal(size).mT());
      System.arraycopy(all, rank, result, rank, size - rank);
    }
    return result;
  }

  private void fixSigns() {
    for (int i = 0; i < left.length; i++) {
      if (Vectors64.isTurned(left[i])) {
        Vectors64.negate(left[i]);
        Vectors64.negate(right[i]);
      }
    }
  }
}
