package dev.gatun.autograd;

import dev.gatun.kernels.Kernels;
import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * A square matrix with its rows exchanged as the product of a lower triangle, with ones on its
 * diagonal, and an upper one.
 */
final class LuFactors extends TriangularFactors {
  /** With which row each row was exchanged, in order. */
  private final int[] exchanged;

  private int exchanges;

  private LuFactors(Tensor matrix) {
    super(matrix);
    exchanged = new int[size];
  }

  /** Factors a matrix [n, n] of any floating-point type. */
  static LuFactors of(Tensor matrix) {
    LuFactors lu = new LuFactors(matrix);
    for (int start = 0; start < lu.size; start += lu.block) {
      lu.factorBlock(start, Math.min(start + lu.block, lu.size));
    }
    return lu;
  }

  private void factorBlock(int start, int end) {
    int width = end - start;
    double[][] panel = RowScratch.matrix(size - start, width);
    read(panel, start, size, start, end);
    int[] pivots = new int[width];
    PivotedPanel.factor(panel, size - start, width, pivots);
    write(panel, start, size, start, end);
    for (int k = 0; k < width; k++) {
      exchanged[start + k] = start + pivots[k];
      if (pivots[k] != k) {
        exchanges++;
        exchange(elements, size, start + k, start + pivots[k], 0, start);
        exchange(elements, size, start + k, start + pivots[k], end, size);
      }
    }
    if (end == size) {
      return;
    }
    double[][] beside = RowScratch.sides(width, size - end);
    read(beside, start, end, end, size);
    substitute(panel, beside, width, size - end);
    write(beside, start, end, end, size);
    subtractProduct(
        part(end, size, end, size), part(end, size, start, end), part(start, end, end, size));
  }

  /** Solves with a lower triangle that has ones on its diagonal, which is not read. */
  private static void substitute(double[][] lower, double[][] sides, int count, int width) {
    if (width < Rows64.STEP) {
      double[][] columns = columns(sides, count, width);
      for (int c = 0; c < width; c++) {
        double[] x = columns[c];
        for (int i = 1; i < count; i++) {
          x[i] -= Vectors64.dot(lower[i], x, 0, i);
        }
      }
      Rows64.scatter(sides, 0, width, columns, 0, count);
      return;
    }
    for (int i = 1; i < count; i++) {
      Rows64.subtract(sides[i], lower[i], 0, i, sides, 0, 0, width);
    }
  }

  /** Solves with an upper triangle. */
  private static void substituteBack(double[][] upper, double[][] sides, int count, int width) {
    if (width < Rows64.STEP) {
      double[][] columns = columns(sides, count, width);
      for (int c = 0; c < width; c++) {
        double[] x = columns[c];
        for (int i = count - 1; i >= 0; i--) {
          x[i] = (x[i] - Vectors64.dot(upper[i], x, i + 1, count)) / upper[i][i];
        }
      }
      Rows64.scatter(sides, 0, width, columns, 0, count);
      return;
    }
    for (int i = count - 1; i >= 0; i--) {
      Rows64.subtract(sides[i], upper[i], i + 1, count - i - 1, sides, i + 1, 0, width);
      Rows64.divide(sides[i], upper[i][i], 0, width);
    }
  }

  /** The columns of some right sides; a few are too short as rows. */
  private static double[][] columns(double[][] sides, int count, int width) {
    double[][] columns = RowScratch.columns(width, count);
    Rows64.gather(sides, 0, width, columns, 0, count);
    return columns;
  }

  /** Exchanges what two rows have between two columns. */
  private static void exchange(
      MemorySegment rows, long width, long first, long second, long from, long to) {
    for (long j = from; j < to; j++) {
      double kept = rows.getAtIndex(ValueLayout.JAVA_DOUBLE, first * width + j);
      rows.setAtIndex(
          ValueLayout.JAVA_DOUBLE,
          first * width + j,
          rows.getAtIndex(ValueLayout.JAVA_DOUBLE, second * width + j));
      rows.setAtIndex(ValueLayout.JAVA_DOUBLE, second * width + j, kept);
    }
  }

  /** Whether a diagonal element of the upper triangle is zero, so that there is no inverse. */
  boolean isSingular() {
    for (int i = 0; i < size; i++) {
      if (at(i, i) == 0) {
        return true;
      }
    }
    return false;
  }

  /**
   * Puts a number next to nothing in the place of zeros on the diagonal: next to the largest number
   * of the upper triangle, whose diagonal may be zero altogether.
   */
  void perturb() {
    double largest = 0;
    for (int i = 0; i < size; i++) {
      for (int j = i; j < size; j++) {
        largest = Math.max(largest, Math.abs(at(i, j)));
      }
    }
    for (int i = 0; i < size; i++) {
      if (at(i, i) == 0) {
        set(i, i, largest == 0 ? Double.MIN_NORMAL : Math.ulp(largest));
      }
    }
  }

  /** The sign of the determinant, or 0. */
  double sign() {
    double sign = exchanges % 2 == 0 ? 1 : -1;
    for (int i = 0; i < size; i++) {
      sign *= Math.signum(at(i, i));
    }
    return sign == 0 ? 0 : sign;
  }

  /** The logarithm of the determinant's magnitude. */
  double logarithm() {
    double sum = 0;
    for (int i = 0; i < size; i++) {
      sum += Math.log(Math.abs(at(i, i)));
    }
    return sum;
  }

  /** The determinant. */
  double determinant() {
    double product = exchanges % 2 == 0 ? 1 : -1;
    for (int i = 0; i < size; i++) {
      product *= at(i, i);
    }
    return product;
  }

  /** Returns X with {@code A X = B}, in float64, for B [n, m]; the matrix must not be singular. */
  Tensor solve(Tensor right) {
    Tensor solution = Tensor.allocate(DType.FLOAT64, right.shape());
    Kernels.provider().indexing().copy(solution, right);
    MemorySegment x = solution.asSegment();
    int width = Math.toIntExact(solution.size(1));
    for (int i = 0; i < size; i++) {
      if (exchanged[i] != i) {
        exchange(x, width, i, exchanged[i], 0, width);
      }
    }
    double[][] triangles = RowScratch.matrix(block, block);
    double[][] sides = RowScratch.sides(block, width);
    for (int start = 0; start < size; start += block) {
      int end = Math.min(start + block, size);
      take(solution, start, end, 0, start);
      read(triangles, start, end, start, end);
      RowScratch.read(sides, x, width, start, end, 0, width);
      substitute(triangles, sides, end - start, width);
      RowScratch.write(sides, x, width, start, end, 0, width);
    }
    for (int end = size; end > 0; ) {
      int start = (end - 1) / block * block;
      take(solution, start, end, end, size);
      read(triangles, start, end, start, end);
      RowScratch.read(sides, x, width, start, end, 0, width);
      substituteBack(triangles, sides, end - start, width);
      RowScratch.write(sides, x, width, start, end, 0, width);
      end = start;
    }
    return solution;
  }

  /** Takes from some rows of the solution what they owe to others, which are known. */
  private void take(Tensor solution, int start, int end, int from, int to) {
    if (from < to) {
      subtractProduct(
          solution.narrow(0, start, end - start),
          part(start, end, from, to),
          solution.narrow(0, from, to - from));
    }
  }

  /** The inverse, in float64; the matrix must not be singular. */
  Tensor inverse() {
    return size > 0 && size <= block ? inverseOfBlock() : solve(Gatun.eye(size));
  }

  /** Inverts a matrix of one block, the lower triangle without its zeros. */
  private Tensor inverseOfBlock() {
    double[][] triangles = RowScratch.matrix(size, size);
    double[][] inverse = RowScratch.sides(size, size);
    read(triangles, 0, size, 0, size);
    for (int i = 0; i < size; i++) {
      Arrays.fill(inverse[i], 0, size, 0);
      inverse[i][i] = 1;
      Rows64.subtract(inverse[i], triangles[i], 0, i, inverse, 0, 0, i);
    }
    substituteBack(triangles, inverse, size, size);
    // What was found is the inverse of the matrix with its rows exchanged.
    int[] order = order();
    double[] kept = RowScratch.columns(1, size)[0];
    for (int i = 0; i < size; i++) {
      System.arraycopy(inverse[i], 0, kept, 0, size);
      for (int j = 0; j < size; j++) {
        inverse[i][order[j]] = kept[j];
      }
    }
    Tensor result = Tensor.allocate(DType.FLOAT64, factors.shape());
    RowScratch.write(inverse, result.asSegment(), size, 0, size, 0, size);
    return result;
  }

  /** Which row of the matrix each row of the factors belongs to. */
  private int[] order() {
    int[] order = new int[size];
    Arrays.setAll(order, i -> i);
    for (int i = 0; i < size; i++) {
      int kept = order[i];
      order[i] = order[exchanged[i]];
      order[exchanged[i]] = kept;
    }
    return order;
  }
}
