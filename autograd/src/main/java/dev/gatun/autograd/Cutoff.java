package dev.gatun.autograd;

import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;

/**
 * Up to which size singular values count as zero, the greater of two bounds.
 *
 * @param absolute the size
 * @param relative the size as a part of the largest singular value
 */
public record Cutoff(double absolute, double relative) {
  private static final double NEARLY_ONE = 1 - 0x1p-20;

  /** PyTorch's: a rounding of the largest value for each row or column, whichever are more. */
  static Cutoff usual(Tensor x) {
    double rounding = x.dtype() == DType.FLOAT32 ? Math.ulp(1f) : Math.ulp(1.0);
    long longest = x.rank() < 2 ? 0 : Math.max(x.size(-2), x.size(-1));
    return new Cutoff(0, rounding * longest);
  }

  /** A cutoff with bounds that a caller gave. */
  static Cutoff checked(String name, double absolute, double relative) {
    if (!(absolute >= 0 && relative >= 0)) {
      throw new ArgumentException(
          name + ": " + absolute + " and " + relative + ": the bounds are not negative");
    }
    return new Cutoff(absolute, relative);
  }

  private double bound(double[] values) {
    return values.length == 0 ? 0 : Math.max(absolute, relative * values[0]);
  }

  /** How many of some descending values are not cut off. */
  long rank(double[] values) {
    return rank(values, 0);
  }

  /**
   * How many of some descending values are not cut off by a bound that is moved.
   *
   * @param roundings by how many roundings of the largest value
   */
  long rank(double[] values, double roundings) {
    double moved = values.length == 0 ? 0 : bound(values) + roundings * Math.ulp(1.0) * values[0];
    int rank = 0;
    while (rank < values.length && values[rank] > moved) {
      rank++;
    }
    return rank;
  }

  /**
   * Tells whether the bound is below all values.
   *
   * @param least what no value is below, but for roundings
   * @param largest what no value is beyond
   */
  boolean isBelow(double least, double largest) {
    return least * NEARLY_ONE > Math.max(absolute, relative * largest);
  }

  /** The inverses of descending values, and 0 for those that are cut off. */
  double[] inverses(double[] values) {
    double[] result = new double[values.length];
    double bound = bound(values);
    for (int i = 0; i < values.length; i++) {
      result[i] = values[i] > bound ? 1 / values[i] : 0;
    }
    return result;
  }
}
