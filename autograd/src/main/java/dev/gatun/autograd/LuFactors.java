package dev.gatun.autograd;

import dev.gatun.kernels.Kernels;
import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

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
    for (int start = 0; start < lu.size; start += BLOCK) {
      lu.factorBlock(start, Math.min(start + BLOCK, lu.size));
    }
    return lu;
  }

  private void factorBlock(int start, int end) {
    for (int k = start; k < end; k++) {
      int pivot = k;
      for (int i = k + 1; i < size; i++) {
        if (Math.abs(at(i, k)) > Math.abs(at(pivot, k))) {
          pivot = i;
        }
      }
      exchanged[k] = pivot;
      if (pivot != k) {
        exchanges++;
        exchange(elements, size, k, pivot);
      }
      double diagonal = at(k, k);
      for (int i = k + 1; diagonal != 0 && i < size; i++) {
        double factor = at(i, k) / diagonal;
        set(i, k, factor);
        for (int j = k + 1; j < end; j++) {
          set(i, j, at(i, j) - factor * at(k, j));
        }
      }
    }
    if (end == size) {
      return;
    }
    for (int i = start + 1; i < end; i++) {
      for (int k = start; k < i; k++) {
        double factor = at(i, k);
        for (int j = end; j < size; j++) {
          set(i, j, at(i, j) - factor * at(k, j));
        }
      }
    }
    subtractProduct(
        part(end, size, end, size), part(end, size, start, end), part(start, end, end, size));
  }

  private static void exchange(MemorySegment rows, long width, long first, long second) {
    for (long j = 0; j < width; j++) {
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
    long width = solution.size(1);
    for (int i = 0; i < size; i++) {
      if (exchanged[i] != i) {
        exchange(x, width, i, exchanged[i]);
      }
    }
    for (int start = 0; start < size; start += BLOCK) {
      int end = Math.min(start + BLOCK, size);
      take(solution, start, end, 0, start);
      for (int i = start; i < end; i++) {
        for (int k = start; k < i; k++) {
          subtractRow(x, width, i, k, at(i, k));
        }
      }
    }
    for (int end = size; end > 0; ) {
      int start = (end - 1) / BLOCK * BLOCK;
      take(solution, start, end, end, size);
      for (int i = end - 1; i >= start; i--) {
        for (int k = i + 1; k < end; k++) {
          subtractRow(x, width, i, k, at(i, k));
        }
        double diagonal = at(i, i);
        for (long j = i * width; j < (i + 1) * width; j++) {
          x.setAtIndex(
              ValueLayout.JAVA_DOUBLE, j, x.getAtIndex(ValueLayout.JAVA_DOUBLE, j) / diagonal);
        }
      }
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

  private static void subtractRow(MemorySegment x, long width, long to, long from, double factor) {
    for (long j = 0; j < width; j++) {
      long at = to * width + j;
      double product = factor * x.getAtIndex(ValueLayout.JAVA_DOUBLE, from * width + j);
      x.setAtIndex(
          ValueLayout.JAVA_DOUBLE, at, x.getAtIndex(ValueLayout.JAVA_DOUBLE, at) - product);
    }
  }

  /** The inverse, in float64. */
  Tensor inverse() {
    return solve(Gatun.eye(size));
  }
}
