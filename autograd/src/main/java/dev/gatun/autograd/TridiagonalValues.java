package dev.gatun.autograd;

import dev.gatun.memory.LinearAlgebraException;

/**
 * The eigenvalues of a symmetric matrix of three diagonals without vectors: implicit QL iteration
 * on the squares of what is beside the diagonal, which takes no roots (Pal, Walker and Kahan's
 * variant; Parlett, The symmetric eigenvalue problem, chapter 8). What is found belongs to a matrix
 * that differs from the given one by a few roundings of its norm.
 */
final class TridiagonalValues {
  /** More steps for one value are not needed. */
  static final int MOST_STEPS = 60;

  /**
   * So many steps are enough for each value, unless the roundings of large elements are more than
   * all there is of small ones: then what is below a rounding of the norm has to go.
   */
  static final int FEW_STEPS = 10;

  /** A square is nothing beside this part of another one. */
  private static final double NOTHING = 0x1p-106;

  /** Quotients of numbers below this overflow. */
  private static final double VANISHING = 0x1p-900;

  private final double[] values;

  /** The squares of the elements beside the diagonal; the last one is no such element. */
  private final double[] squares;

  /** A square up to this one is nothing. */
  private double nothing;

  private TridiagonalValues(double[] diagonal, double[] beside) {
    values = diagonal;
    squares = new double[diagonal.length];
    for (int i = 0; i + 1 < squares.length; i++) {
      squares[i] = beside[i] * beside[i];
    }
  }

  /**
   * Finds eigenvalues.
   *
   * @param diagonal the diagonal, in whose place the values are put, in no order
   * @param beside what is beside it; the last one is not read
   * @param label the operation and the matrix, for messages
   */
  static void find(double[] diagonal, double[] beside, String label) {
    new TridiagonalValues(diagonal, beside).iterate(rounding(diagonal, beside), label);
  }

  /** A rounding of the largest element of three diagonals. */
  static double rounding(double[] diagonal, double[] beside) {
    double largest = 0;
    for (int i = 0; i < diagonal.length; i++) {
      double besideIt = i + 1 < diagonal.length ? Math.abs(beside[i]) : 0;
      largest = Math.max(largest, Math.max(Math.abs(diagonal[i]), besideIt));
    }
    return 0.5 * Math.ulp(1.0) * largest;
  }

  private void iterate(double rounding, String label) {
    for (int first = 0; first < values.length; first++) {
      nothing = 0;
      int last = blockEnd(first);
      for (int steps = 0; last > first; steps++) {
        if (steps == MOST_STEPS) {
          throw new LinearAlgebraException(label + ": the eigenvalues did not converge");
        }
        if (steps == FEW_STEPS) {
          nothing = rounding * rounding;
          last = blockEnd(first);
        }
        last = last > first ? chase(first, last) : last;
      }
    }
  }

  /** The end of the block that starts at an index and falls apart nowhere. */
  private int blockEnd(int first) {
    int last = first;
    while (last < values.length - 1 && !isNothing(squares[last], values[last], values[last + 1])) {
      last++;
    }
    return last;
  }

  private boolean isNothing(double square, double above, double below) {
    double around = Math.abs(above) + Math.abs(below);
    return square <= Math.max(NOTHING * around * around, nothing);
  }

  /** One step from a block's end to its start; returns where the first part of it ends then. */
  private int chase(int first, int last) {
    double root = Math.sqrt(squares[first]);
    double half = (values[first + 1] - values[first]) / (2 * root);
    double shift =
        values[first] - root / (half + Math.copySign(Vectors64.hypotenuse(half, 1), half));
    double c = 1;
    double s = 0;
    double gamma = values[last] - shift;
    double p = gamma * gamma;
    double below = 0;
    int end = last;
    for (int i = last - 1; i >= first; i--) {
      double square = squares[i];
      double r = p + square;
      if (i + 1 < last) {
        double next = s * r;
        squares[i + 1] = next;
        // Of the element before, in whose place a value has come.
        below = values[i + 2];
      }
      double before = c;
      // Both quotients at a time: each step waits for the one before.
      double inverse = r / p;
      c = p / r;
      s = square / r;
      double kept = gamma;
      double value = values[i];
      gamma = c * (value - shift) - s * kept;
      double found = kept + (value - gamma);
      values[i + 1] = found;
      p = c > VANISHING ? gamma * gamma * inverse : before * square;
      if (i + 1 < last && isNothing(squares[i + 1], found, below)) {
        end = i + 1;
      }
    }
    squares[first] = s * p;
    values[first] = shift + gamma;
    if (isNothing(squares[first], values[first], values[first + 1])) {
      end = first;
    }
    return end;
  }
}
