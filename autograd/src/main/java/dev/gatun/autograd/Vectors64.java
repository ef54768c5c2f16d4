package dev.gatun.autograd;

import java.util.Comparator;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/** What decompositions do to rows of numbers on the heap. */
final class Vectors64 {
  /** Elements of a vector of this size may be denormal numbers, which have lost digits. */
  private static final double TINY = 0x1p-900;

  /** What takes all denormal numbers beyond {@link #TINY}, exactly. */
  private static final double ENLARGED = 0x1p200;

  /** Squares of lengths beyond this and its inverse may have lost digits. */
  private static final double SAFE = 0x1p-800;

  private Vectors64() {}

  /** The inner product of what two vectors hold from an index on. */
  static double dot(double[] x, double[] y, int from) {
    return dot(x, y, from, x.length);
  }

  /** The inner product of what two vectors hold between two indices. */
  static double dot(double[] x, double[] y, int from, int to) {
    // Four sums, so that one addition need not wait for the one before.
    double first = 0;
    double second = 0;
    double third = 0;
    double fourth = 0;
    int i = from;
    for (; i + 3 < to; i += 4) {
      first += x[i] * y[i];
      second += x[i + 1] * y[i + 1];
      third += x[i + 2] * y[i + 2];
      fourth += x[i + 3] * y[i + 3];
    }
    for (; i < to; i++) {
      first += x[i] * y[i];
    }
    return first + second + (third + fourth);
  }

  /** {@code y += factor * x}, from an index on. */
  static void add(double[] y, double factor, double[] x, int from) {
    for (int i = from; i < x.length; i++) {
      y[i] += factor * x[i];
    }
  }

  /** Turns two vectors in their plane: {@code x' = c x - s y}, {@code y' = s x + c y}. */
  static void rotate(double[] x, double[] y, double c, double s) {
    for (int i = 0; i < x.length; i++) {
      double kept = x[i];
      x[i] = c * kept - s * y[i];
      y[i] = s * kept + c * y[i];
    }
  }

  /**
   * Turns two vectors as {@link #rotate} does, by an angle of at most an eighth of a circle, as
   * corrections (Rutishauser's): rounding hardly changes the vectors' lengths.
   */
  static void correct(double[] x, double[] y, double c, double s) {
    double ratio = s / (1 + c);
    for (int i = 0; i < x.length; i++) {
      double kept = x[i];
      x[i] = kept - s * (y[i] + ratio * kept);
      y[i] += s * (kept - ratio * y[i]);
    }
  }

  /** The length of what a vector holds from an index on, whatever its range. */
  static double norm(double[] x, int from) {
    return norm(x, from, x.length);
  }

  /** The length of what a vector holds between two indices, whatever its range. */
  static double norm(double[] x, int from, int to) {
    double square = dot(x, x, from, to);
    if (square > SAFE && square < 1 / SAFE) {
      return Math.sqrt(square);
    }
    double largest = 0;
    for (int i = from; i < to; i++) {
      largest = Math.max(largest, Math.abs(x[i]));
    }
    if (largest == 0) {
      return 0;
    }
    double sum = 0;
    for (int i = from; i < to; i++) {
      double scaled = x[i] / largest;
      sum += scaled * scaled;
    }
    return largest * Math.sqrt(sum);
  }

  /** The length of a vector of two elements, whatever its range. */
  static double hypotenuse(double x, double y) {
    double square = x * x + y * y;
    return square > SAFE && square < 1 / SAFE ? Math.sqrt(square) : Math.hypot(x, y);
  }

  /** As {@link #reflect(double[], int, int)}, to the end of a vector. */
  static double reflect(double[] x, int from) {
    return reflect(x, from, x.length);
  }

  /**
   * Makes the reflection {@code I - tau v v^T} that leaves of a vector, between two indices, its
   * first element alone, as LAPACK does: the sign of that element turns, and nothing is done to a
   * vector that has no others.
   *
   * @param x the vector; afterwards at {@code from} what is left, and behind it the elements of v,
   *     whose first one is 1
   * @return tau
   */
  static double reflect(double[] x, int from, int to) {
    double rest = norm(x, from + 1, to);
    if (rest == 0) {
      return 0;
    }
    double size = norm(x, from, to);
    if (size < TINY) {
      for (int i = from; i < to; i++) {
        x[i] *= ENLARGED;
      }
      double tau = reflect(x, from, to);
      x[from] /= ENLARGED;
      return tau;
    }
    double first = x[from];
    double left = -Math.copySign(size, first);
    Rows64.divide(x, first - left, from + 1, to);
    x[from] = left;
    return (left - first) / left;
  }

  /** Tells whether the element of largest magnitude, the first of equals, is negative. */
  static boolean isTurned(double[] x) {
    int largest = 0;
    for (int i = 1; i < x.length; i++) {
      if (Math.abs(x[i]) > Math.abs(x[largest])) {
        largest = i;
      }
    }
    return x.length > 0 && x[largest] < 0;
  }

  /** The indices up to a count in ascending order of their keys. */
  static int[] ascending(int count, IntToDoubleFunction key) {
    return IntStream.range(0, count)
        .boxed()
        .sorted(Comparator.comparingDouble(key::applyAsDouble))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** Turns the sign of every element. */
  static void negate(double[] x) {
    for (int i = 0; i < x.length; i++) {
      x[i] = -x[i];
    }
  }
}
