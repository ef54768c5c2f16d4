package dev.gatun.bench.parity;

import dev.gatun.autograd.Tensor;
import dev.gatun.memory.DType;
import org.jspecify.annotations.Nullable;

/**
 * What a comparison of two tensors found.
 *
 * @param ulps the largest difference of floating-point elements, in the units of the tolerance; 0
 *     for others
 * @param mismatch what differs more than it may, null where nothing does
 */
record Agreement(double ulps, @Nullable String mismatch) {

  /** Both sides refused. */
  static final Agreement REFUSED = new Agreement(0, null);

  static Agreement mismatch(String text) {
    return new Agreement(0, text);
  }

  /**
   * Compares elements.
   *
   * @param what what the tensors are, for the message
   * @param expected libtorch's
   * @param actual Gatun's
   * @param tolerance how far they may be apart
   * @return what was found
   */
  static Agreement of(String what, Tensor expected, Tensor actual, Tolerances tolerance) {
    if (expected.dtype() != actual.dtype() || !expected.shape().equals(actual.shape())) {
      return mismatch(
          "%s is %s%s, in PyTorch %s%s"
              .formatted(what, actual.dtype(), actual.shape(), expected.dtype(), expected.shape()));
    }
    return expected.dtype().isFloatingPoint()
        ? numbers(what, expected, actual, tolerance)
        : integers(what, expected.toLongArray(), actual.toLongArray());
  }

  private static Agreement integers(String what, long[] expected, long[] actual) {
    for (int i = 0; i < expected.length; i++) {
      if (expected[i] != actual[i]) {
        return mismatch(element(what, i, actual[i], expected[i]));
      }
    }
    return new Agreement(0, null);
  }

  private static Agreement numbers(
      String what, Tensor expected, Tensor actual, Tolerances tolerance) {
    DType dtype = expected.dtype();
    double[] wanted = expected.toDoubleArray();
    double[] got = actual.toDoubleArray();
    double unit = Math.max(Tolerances.epsilon(dtype), tolerance.coarsest());
    double least =
        tolerance.relativeToLargest()
            ? Math.max(1, largest(wanted))
            : Tolerances.smallestNormal(dtype);
    double worst = 0;
    for (int i = 0; i < wanted.length; i++) {
      if (tolerance.signsOfZeros() && isOtherZero(wanted[i], got[i])) {
        return mismatch(element(what, i, got[i], wanted[i]));
      }
      if (Double.isNaN(wanted[i]) && Double.isNaN(got[i]) || wanted[i] == got[i]) {
        continue;
      }
      double size = Math.max(least, Math.max(Math.abs(wanted[i]), Math.abs(got[i])));
      double ulps = Math.abs(wanted[i] - got[i]) / (unit * size);
      if (!(ulps <= tolerance.ulps())) {
        return mismatch(element(what, i, got[i], wanted[i]));
      }
      worst = Math.max(worst, ulps);
    }
    return new Agreement(worst, null);
  }

  private static boolean isOtherZero(double x, double y) {
    return x == 0 && y == 0 && 1 / x != 1 / y;
  }

  private static double largest(double[] values) {
    double largest = 0;
    for (double value : values) {
      if (Double.isFinite(value)) {
        largest = Math.max(largest, Math.abs(value));
      }
    }
    return largest;
  }

  private static String element(String what, int index, Object actual, Object expected) {
    return "%s: element %d is %s, in PyTorch %s".formatted(what, index, actual, expected);
  }
}
