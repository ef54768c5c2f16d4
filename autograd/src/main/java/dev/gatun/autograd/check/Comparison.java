package dev.gatun.autograd.check;

import dev.gatun.autograd.Tensor;
import dev.gatun.memory.DType;

/** Compares tensors element by element, to a tolerance that fits their type. */
final class Comparison {
  private Comparison() {}

  /**
   * Throws unless two tensors have one type and shape and elements that are close: {@code |a - b|
   * <= absolute + relative * |b|}, NaN beside NaN.
   *
   * @param what what is compared, for the message
   * @param expected the elements that there should be
   * @param actual the elements that there are
   */
  static void assertClose(String what, Tensor expected, Tensor actual) {
    if (expected.dtype() != actual.dtype() || !expected.shape().equals(actual.shape())) {
      throw new CheckException(
          what
              + ": "
              + actual.dtype()
              + actual.shape()
              + " where "
              + expected.dtype()
              + expected.shape()
              + " was expected");
    }
    DType dtype = expected.dtype();
    if (!dtype.isFloatingPoint()) {
      assertEqual(what, expected.toLongArray(), actual.toLongArray());
      return;
    }
    double relative = relative(dtype);
    assertClose(what, expected.toDoubleArray(), actual.toDoubleArray(), relative, relative * 0.1);
  }

  /**
   * As {@link #assertClose(String, Tensor, Tensor)}, where each element is a sum that may cancel:
   * to a tolerance that fits the largest.
   */
  static void assertCloseToLargest(String what, Tensor expected, Tensor actual) {
    if (expected.dtype() != actual.dtype() || !expected.shape().equals(actual.shape())) {
      assertClose(what, expected, actual);
    }
    double[] right = expected.toDoubleArray();
    double largest = 1;
    for (double each : right) {
      largest = Math.max(largest, Double.isFinite(each) ? Math.abs(each) : 1);
    }
    double relative = relative(expected.dtype());
    assertClose(what, right, actual.toDoubleArray(), relative, relative * largest);
  }

  /** Throws unless two tensors have one type and shape and the same elements, to the last bit. */
  static void assertSame(String what, Tensor expected, Tensor actual) {
    assertClose(what, expected, actual);
    if (expected.dtype().isFloatingPoint()) {
      assertClose(what, expected.toDoubleArray(), actual.toDoubleArray(), 0, 0);
    }
  }

  private static void assertEqual(String what, long[] expected, long[] actual) {
    for (int i = 0; i < expected.length; i++) {
      if (expected[i] != actual[i]) {
        throw new CheckException(
            what
                + ": element "
                + i
                + " of "
                + expected.length
                + " is "
                + actual[i]
                + ", not "
                + expected[i]);
      }
    }
  }

  static void assertClose(
      String what, double[] expected, double[] actual, double relative, double absolute) {
    for (int i = 0; i < expected.length; i++) {
      double difference = Math.abs(expected[i] - actual[i]);
      boolean close =
          Double.compare(expected[i], actual[i]) == 0
              || difference <= absolute + relative * Math.abs(expected[i]);
      if (!close) {
        throw new CheckException(
            what
                + ": element "
                + i
                + " of "
                + expected.length
                + " is "
                + actual[i]
                + ", not "
                + expected[i]
                + " (off by "
                + difference
                + ")");
      }
    }
  }

  /** A few units in the last place, with room for sums of some hundred elements. */
  private static double relative(DType dtype) {
    return switch (dtype) {
      case FLOAT64 -> 1e-12;
      case FLOAT16 -> 2e-3;
      case BFLOAT16 -> 1.6e-2;
      default -> 4e-6;
    };
  }
}
