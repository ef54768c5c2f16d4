package dev.gatun.memory;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The sizes of a tensor's axes, outermost first. Immutable and safe to share between threads.
 *
 * <p>A shape of rank 0 belongs to a scalar and has one element; a shape with an axis of size 0 has
 * none. Axes may be named from the end: -1 is the last.
 */
public final class Shape {
  private static final Shape SCALAR = new Shape(new long[0], 1);

  private final long[] sizes;
  private final long numel;

  /** The row-major layout, once somebody asked; threads that race make equal ones. */
  private @Nullable Layout contiguous;

  private Shape(long[] sizes, long numel) {
    this.sizes = sizes;
    this.numel = numel;
  }

  /**
   * Returns the shape of a scalar: rank 0, one element.
   *
   * @return the shape with no axes
   */
  public static Shape scalar() {
    return SCALAR;
  }

  /**
   * Returns the shape with the given sizes.
   *
   * @param sizes the size of each axis, outermost first; copied
   * @return the shape
   * @throws ShapeException when a size is negative, or the sizes other than 0 multiply to more than
   *     a long holds
   */
  public static Shape of(long... sizes) {
    return sizes.length == 0 ? SCALAR : owning(sizes.clone());
  }

  /** Wraps an array that nobody else will write. */
  static Shape owning(long[] sizes) {
    boolean empty = false;
    long numel = 1;
    for (long size : sizes) {
      if (size < 0) {
        throw new ShapeException("shape: " + Arrays.toString(sizes) + ": sizes are not negative");
      }
      empty |= size == 0;
      if (size > 1) {
        if (Math.multiplyHigh(numel, size) != 0 || numel * size < 0) {
          throw new ShapeException(
              "shape: " + Arrays.toString(sizes) + ": the sizes multiply to more than 2^63 - 1");
        }
        numel *= size;
      }
    }
    return new Shape(sizes, empty ? 0 : numel);
  }

  /** Returns the row-major layout at offset 0. */
  Layout contiguous() {
    Layout layout = contiguous;
    if (layout == null) {
      layout = Layout.rowMajor(this);
      contiguous = layout;
    }
    return layout;
  }

  /**
   * Returns the number of axes.
   *
   * @return 0 for a scalar
   */
  public int rank() {
    return sizes.length;
  }

  /**
   * Returns the number of elements.
   *
   * @return the product of the sizes, 1 for a scalar
   */
  public long numel() {
    return numel;
  }

  /**
   * Returns the size of one axis.
   *
   * @param axis the axis, from {@code -rank()} to {@code rank() - 1}
   * @return its size
   * @throws ShapeException when there is no such axis; a scalar has none
   */
  public long size(int axis) {
    return sizes[axis >= 0 && axis < sizes.length ? axis : existingAxis("size", axis)];
  }

  /** As {@link #normalizeAxis}, but a scalar has no axis at all. */
  int existingAxis(String operation, int axis) {
    if (sizes.length == 0) {
      throw new ShapeException(operation + ": []: a scalar has no axes");
    }
    return normalizeAxis(operation, axis);
  }

  /**
   * Turns an axis counted from either end into one counted from the front.
   *
   * @param operation the name to begin an error message with
   * @param axis the axis, from {@code -rank()} to {@code rank() - 1}; for a scalar, -1 and 0 are
   *     taken as well, as in PyTorch
   * @return the axis, not negative
   * @throws ShapeException when there is no such axis
   */
  public int normalizeAxis(String operation, int axis) {
    int bound = Math.max(sizes.length, 1);
    if (axis < -bound || axis >= bound) {
      throw new ShapeException(
          operation
              + ": "
              + this
              + ": axis "
              + axis
              + " is not within "
              + -bound
              + " to "
              + (bound - 1));
    }
    return axis < 0 ? axis + bound : axis;
  }

  /**
   * Returns the sizes as a fresh array.
   *
   * @return a copy
   */
  public long[] toArray() {
    return sizes.clone();
  }

  /**
   * Returns this shape with one axis taken out.
   *
   * @param axis the axis, counted from the front
   * @return the shape of rank one less
   * @throws ShapeException when there is no such axis
   */
  public Shape without(int axis) {
    int at = normalizeAxis("without", axis);
    if (sizes.length == 0) {
      return this;
    }
    long[] result = new long[sizes.length - 1];
    System.arraycopy(sizes, 0, result, 0, at);
    System.arraycopy(sizes, at + 1, result, at, result.length - at);
    return owning(result);
  }

  /**
   * Returns this shape with one axis of another size.
   *
   * @param axis the axis
   * @param size its new size
   * @return the shape of the same rank
   * @throws ShapeException when there is no such axis or the size is negative
   */
  public Shape with(int axis, long size) {
    int at = normalizeAxis("with", axis);
    if (sizes.length == 0) {
      return this;
    }
    long[] result = sizes.clone();
    result[at] = size;
    return owning(result);
  }

  /**
   * Returns the shape to which two shapes broadcast: aligned at the last axis, sizes agree or one
   * of them is 1.
   *
   * @param operation the name to begin an error message with
   * @param a the one shape
   * @param b the other shape
   * @return the common shape; one of the operands where it is equal to it
   * @throws ShapeException when the shapes do not broadcast
   */
  @SuppressWarnings("ReferenceEquality") // the short way for what is mostly the case
  public static Shape broadcast(String operation, Shape a, Shape b) {
    if (a == b || Arrays.equals(a.sizes, b.sizes)) {
      return a;
    }
    int rank = Math.max(a.sizes.length, b.sizes.length);
    long[] result = new long[rank];
    for (int i = 1; i <= rank; i++) {
      long sizeA = i <= a.sizes.length ? a.sizes[a.sizes.length - i] : 1;
      long sizeB = i <= b.sizes.length ? b.sizes[b.sizes.length - i] : 1;
      if (sizeA != sizeB && sizeA != 1 && sizeB != 1) {
        throw new ShapeException(
            operation
                + ": "
                + a
                + " and "
                + b
                + ": sizes "
                + sizeA
                + " and "
                + sizeB
                + " of axis -"
                + i
                + " do not broadcast");
      }
      result[rank - i] = sizeA == 1 ? sizeB : sizeA;
    }
    if (Arrays.equals(result, a.sizes)) {
      return a;
    }
    return Arrays.equals(result, b.sizes) ? b : owning(result);
  }

  @Override
  public boolean equals(Object other) {
    return this == other || (other instanceof Shape shape && Arrays.equals(sizes, shape.sizes));
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(sizes);
  }

  /**
   * Returns the sizes in brackets, for example {@code [2, 3]}, and {@code []} for a scalar.
   *
   * @return the sizes
   */
  @Override
  public String toString() {
    return Arrays.toString(sizes);
  }
}
