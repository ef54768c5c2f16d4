package dev.gatun.kernels.packed;

import dev.gatun.memory.DType;
import java.util.Arrays;

/**
 * A block of the left operand and panels of the right one, copied to arrays, which grow to what was
 * needed once. For one thread at a time, and always the same type of elements.
 */
public final class PackedOperands {
  /** Neither kind of array, so that one is made even for no elements. */
  private static final Object NOTHING = new Object();

  /** {@code float[]} or {@code double[]}, as what was reserved last. */
  Object left = NOTHING;

  /** Of the same type. */
  Object right = NOTHING;

  /** Where the panel in use begins. */
  int rightIndex;

  PackedForm form = PackedForm.ROWS;

  /** The distance between blocks of the left operand, divided by their rows. */
  int rowLength;

  private int leftLength;
  private int rightLength;
  private int rightEnd;
  private boolean keepsPanels;
  private boolean hasPanels;

  /**
   * Makes room for the left operand, and forgets it.
   *
   * @param dtype {@code FLOAT32} or {@code FLOAT64}, the same in all calls
   * @param length the number of its elements
   */
  void reserveLeft(DType dtype, int length) {
    if (left == NOTHING || leftLength < length) {
      left = array(dtype, length);
      leftLength = length;
    }
  }

  /**
   * Begins with the panels of a right operand that are kept for {@link #rewind}. Otherwise each
   * takes the place of the last.
   *
   * @param dtype {@code FLOAT32} or {@code FLOAT64}, the same in all calls
   * @param length the number of elements of all panels, or 0 to keep none
   */
  void beginPanels(DType dtype, int length) {
    keepsPanels = length > 0;
    hasPanels = false;
    rightEnd = 0;
    reserveRight(dtype, length);
  }

  /** Begins with the first panel again. */
  public void rewind() {
    hasPanels = keepsPanels;
    rightEnd = 0;
  }

  /**
   * Goes on to the next panel.
   *
   * @param dtype {@code FLOAT32} or {@code FLOAT64}, the same in all calls
   * @param length the number of its elements
   * @return whether it is there already
   */
  boolean nextPanel(DType dtype, int length) {
    rightIndex = keepsPanels ? rightEnd : 0;
    rightEnd = rightIndex + length;
    if (!keepsPanels) {
      reserveRight(dtype, length);
    }
    return hasPanels;
  }

  private void reserveRight(DType dtype, int length) {
    if (right == NOTHING || rightLength < length) {
      right = array(dtype, length);
      rightLength = length;
    }
  }

  /** Fills a part of an array with zeros. */
  static void clear(Object array, int from, int to) {
    if (from == to) {
      return;
    }
    if (array instanceof float[] floats) {
      Arrays.fill(floats, from, to, 0);
    } else {
      Arrays.fill((double[]) array, from, to, 0);
    }
  }

  private static Object array(DType dtype, int length) {
    return dtype == DType.FLOAT32 ? new float[length] : new double[length];
  }
}
