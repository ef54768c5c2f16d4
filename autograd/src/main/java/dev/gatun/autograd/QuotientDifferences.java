package dev.gatun.autograd;

import org.jspecify.annotations.Nullable;

/**
 * The singular values of two diagonals by differential quotients and differences with shifts
 * (Fernando and Parlett, Accurate singular values and differential qd algorithms, 1994). The
 * squares of the elements are led to a diagonal matrix by steps that move all eigenvalues towards
 * zero. A step that moves one beyond is not done, but a shorter one, so that nothing but a shift is
 * ever subtracted, and values keep their digits.
 */
final class QuotientDifferences {
  /** So many steps for each value are more than enough. */
  private static final int MOST_STEPS = 40;

  /** Beside a number, this part of it is nothing where it stands for a square. */
  private static final double NOTHING = 16 * Math.ulp(1.0) * Math.ulp(1.0);

  /** Shifts for blocks of which little is known, as parts of pivots. */
  private static final double PART_OF_LEAST = 1.0 / 3;

  private static final double PART_OF_LAST = 0.25;

  private static final double BELOW_ONE = 1 - 2 * Math.ulp(1.0);

  /** The squares of the diagonal, less the shifts. */
  private final double[] q;

  /** The squares of what is beside the diagonal. */
  private final double[] e;

  /** What the next step makes of both. */
  private final double[] nextQ;

  private final double[] nextE;

  /** The block at hand, from its first to its last element. */
  private int first;

  private int last;

  /** By how much the block has been shifted, as a number and what it lacks. */
  private double shifted;

  private double lacking;

  /** The last pivot of a step, and the least of the others. */
  private double lastPivot;

  private double leastPivot;

  /** The same of the block without its last element. */
  private double pivotBefore;

  private double leastBefore;

  private QuotientDifferences(double[] diagonal, double[] beside) {
    int size = diagonal.length;
    q = new double[size];
    e = new double[size];
    nextQ = new double[size];
    nextE = new double[size];
    for (int i = 0; i < size; i++) {
      q[i] = diagonal[i] * diagonal[i];
      e[i] = i + 1 < size ? beside[i] * beside[i] : 0;
    }
  }

  /**
   * Finds the singular values of an upper triangle of two diagonals.
   *
   * @param diagonal its diagonal; squares of the elements neither overflow nor matter if they
   *     vanish
   * @param beside what is to the right of the diagonal; the last one is not read
   * @return the values in no order, or null when they did not converge
   */
  static double @Nullable [] values(double[] diagonal, double[] beside) {
    return new QuotientDifferences(diagonal, beside).values();
  }

  private double @Nullable [] values() {
    double[] found = new double[q.length];
    // Blocks that wait, each by its first element; it ends before the next one's.
    int[] starts = new int[q.length + 1];
    double[] shifts = new double[q.length + 1];
    double[] lacks = new double[q.length + 1];
    int waiting = 0;
    first = 0;
    last = q.length - 1;
    boolean isNew = true;
    for (int steps = MOST_STEPS * q.length; last >= 0; steps--) {
      if (steps == 0) {
        return null;
      }
      int split = split();
      if (split == last && last > first) {
        found[last] = root(q[last]);
        last--;
        lastPivot = pivotBefore;
        leastPivot = leastBefore;
        continue;
      }
      if (split > first) {
        starts[waiting] = first;
        shifts[waiting] = shifted;
        lacks[waiting++] = lacking;
        first = split;
        isNew = true;
      }
      if (last - first <= 1) {
        finish(found);
        last = first - 1;
        if (waiting > 0) {
          first = starts[--waiting];
          shifted = shifts[waiting];
          lacking = lacks[waiting];
        }
        isNew = true;
        continue;
      }
      if (isNew && q[first] < q[last]) {
        turn();
      }
      step(isNew ? 0 : shift());
      isNew = false;
    }
    return found;
  }

  /** A singular value, by what is left of its square. */
  private double root(double rest) {
    return Math.sqrt(shifted + (rest + lacking));
  }

  /** The start of the last part into which the block falls apart. */
  private int split() {
    for (int i = last - 1; i >= first; i--) {
      if (e[i] <= NOTHING * (shifted + Math.min(q[i], q[i + 1]))) {
        return i + 1;
      }
    }
    return first;
  }

  /** Finds the values of a block of one element or two. */
  private void finish(double[] found) {
    double low = q[last];
    if (last > first) {
      double high = Math.max(q[first], low);
      low = Math.min(q[first], low);
      double beside = e[first];
      double half = 0.5 * (high - low + beside);
      double part = low * (beside / half);
      part =
          part <= half
              ? low * (beside / (half * (1 + Math.sqrt(1 + part / half))))
              : low * (beside / (half + Math.sqrt(half) * Math.sqrt(half + part)));
      double sum = high + (part + beside);
      found[first] = root(sum);
      low *= high / sum;
    }
    found[last] = root(low);
  }

  /** Turns the block around, so that its least value is likely to come out at its end. */
  private void turn() {
    for (int i = first, j = last; i < j; i++, j--) {
      double kept = q[i];
      q[i] = q[j];
      q[j] = kept;
    }
    for (int i = first, j = last - 1; i < j; i++, j--) {
      double kept = e[i];
      e[i] = e[j];
      e[j] = kept;
    }
  }

  /** A number that the least eigenvalue of the block hardly falls below. */
  private double shift() {
    if (lastPivot > leastPivot) {
      return PART_OF_LEAST * leastPivot;
    }
    // The lesser eigenvalue of the last two rows and columns, less the square of its residual by
    // the distance of the others, or less the residual itself.
    double square = lastPivot * e[last - 1];
    double half = 0.5 * (q[last - 1] + e[last - 1] - lastPivot);
    double below = square / (Math.abs(half) + Math.sqrt(half * half + square));
    if (half < 0) {
      below -= 2 * half;
    }
    double value = lastPivot - below;
    double part = below * below / (below * below + square);
    double residual = part * q[last - 1] * e[last - 2];
    double distance = leastPivot - value;
    double off = residual < distance * distance ? residual / distance : Math.sqrt(residual);
    return Math.max(value - off, PART_OF_LAST * lastPivot) * BELOW_ONE;
  }

  /** Moves the block towards zero by a shift, or by a smaller one. */
  private void step(double wanted) {
    double shift = wanted;
    for (int tries = 0; !tried(shift); tries++) {
      double corrected = (shift + lastPivot) * BELOW_ONE;
      boolean failedLate = leastPivot >= 0 && corrected > 0;
      shift = tries > 1 ? 0 : failedLate ? corrected : shift / 4;
    }
    double sum = shifted + shift;
    lacking += shift - (sum - shifted);
    shifted = sum;
    System.arraycopy(nextQ, first, q, first, last - first + 1);
    System.arraycopy(nextE, first, e, first, last - first);
  }

  /** Tells whether all pivots of a step are positive. */
  private boolean tried(double shift) {
    double[] oldQ = q;
    double[] oldE = e;
    double pivot = oldQ[first] - shift;
    double before = pivot;
    double least = Double.POSITIVE_INFINITY;
    double leastOfMost = least;
    for (int i = first; i < last; i++) {
      leastOfMost = least;
      least = Math.min(least, pivot);
      if (pivot < 0) {
        leastPivot = pivot;
        return false;
      }
      double sum = pivot + oldE[i];
      double quotient = oldQ[i + 1] / sum;
      nextQ[i] = sum;
      nextE[i] = oldE[i] * quotient;
      before = pivot;
      pivot = pivot * quotient - shift;
    }
    nextQ[last] = pivot;
    lastPivot = pivot;
    leastPivot = least;
    pivotBefore = before;
    leastBefore = leastOfMost;
    return pivot >= 0 || shift == 0;
  }
}
