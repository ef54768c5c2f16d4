package dev.gatun.autograd;

import dev.gatun.memory.LinearAlgebraException;

/**
 * The elements of a matrix in a range in which their squares neither overflow nor vanish.
 *
 * @param elements in row-major order
 * @param exponent the elements are to be multiplied by 2 to its power
 */
record ScaledElements(double[] elements, int exponent) {
  /** Up to this power of 2, and from its inverse on, the largest element counts as about 1. */
  private static final int LARGEST_EXPONENT = 40;

  /**
   * Reads a matrix.
   *
   * @throws LinearAlgebraException when an element is not finite; its message starts with the label
   */
  static ScaledElements of(Tensor matrix, String label) {
    double[] elements = matrix.toDoubleArray();
    double largest = 0;
    for (double element : elements) {
      largest = Math.max(largest, Math.abs(element));
    }
    if (!Double.isFinite(largest)) {
      throw new LinearAlgebraException(label + ": the matrix has elements that are not finite");
    }
    int exponent = largest == 0 ? 0 : Math.getExponent(largest);
    if (Math.abs(exponent) <= LARGEST_EXPONENT) {
      return new ScaledElements(elements, 0);
    }
    for (int i = 0; i < elements.length; i++) {
      elements[i] = Math.scalb(elements[i], -exponent);
    }
    return new ScaledElements(elements, exponent);
  }

  /** Brings what was computed back to its range. */
  void restore(double[] values) {
    for (int i = 0; exponent != 0 && i < values.length; i++) {
      values[i] = Math.scalb(values[i], exponent);
    }
  }
}
