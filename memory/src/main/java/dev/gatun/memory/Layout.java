package dev.gatun.memory;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where the elements of a tensor lie within a storage. Immutable and safe to share between threads.
 *
 * <p>Element {@code (i0, i1, ...)} stands at {@code offset + i0*stride0 + i1*stride1 + ...}; offset
 * and strides count elements, not bytes. Strides are never negative; a stride of 0 repeats one
 * element along an axis. The views below share storage with what they are taken from: none copies.
 */
public final class Layout {
  private final Shape shape;
  private final long[] strides;
  private final long offset;
  private final boolean contiguous;
  private final long extent;

  private Layout(Shape shape, long[] strides, long offset) {
    this.shape = shape;
    this.strides = strides;
    this.offset = offset;
    this.contiguous = Strides.isRowMajor(shape, strides);
    this.extent = Strides.extent(shape, strides, offset);
  }

  private Layout(Shape shape, long[] strides) {
    this.shape = shape;
    this.strides = strides;
    this.offset = 0;
    this.contiguous = true;
    this.extent = shape.numel();
  }

  /**
   * Returns the row-major layout of a shape, at offset 0.
   *
   * @param shape the sizes
   * @return the layout without gaps; the same one whenever it is asked for the same object
   */
  public static Layout contiguous(Shape shape) {
    return shape.contiguous();
  }

  /** Makes the row-major layout of a shape. */
  static Layout rowMajor(Shape shape) {
    return new Layout(shape, Strides.rowMajor(shape));
  }

  /**
   * Returns a layout with the given strides.
   *
   * @param shape the sizes
   * @param strides the distance between neighbours along each axis, in elements; copied
   * @param offset the position of the first element, in elements
   * @return the layout
   * @throws ShapeException when there are not as many strides as axes, or one of them or the offset
   *     is negative, or the last element's position exceeds 2^63 - 2
   */
  public static Layout strided(Shape shape, long[] strides, long offset) {
    if (strides.length != shape.rank()) {
      throw new ShapeException(
          "layout: "
              + shape
              + " with strides "
              + Arrays.toString(strides)
              + ": there is one stride for each axis");
    }
    if (!Strides.areValid(shape, strides, offset)) {
      throw new ShapeException(
          "layout: "
              + shape
              + " with strides "
              + Arrays.toString(strides)
              + " at offset "
              + offset
              + ": strides and offset are not negative and positions fit a long");
    }
    return new Layout(shape, strides.clone(), offset);
  }

  /**
   * Returns the sizes of the axes.
   *
   * @return the shape
   */
  public Shape shape() {
    return shape;
  }

  /**
   * Returns the number of axes.
   *
   * @return 0 for a scalar
   */
  public int rank() {
    return strides.length;
  }

  /**
   * Returns the number of elements.
   *
   * @return the product of the sizes
   */
  public long numel() {
    return shape.numel();
  }

  /**
   * Returns the size of one axis.
   *
   * @param axis the axis, from {@code -rank()} to {@code rank() - 1}
   * @return its size
   * @throws ShapeException when there is no such axis
   */
  public long size(int axis) {
    return shape.size(axis);
  }

  /**
   * Returns the distance between neighbours along one axis.
   *
   * @param axis the axis, from {@code -rank()} to {@code rank() - 1}
   * @return the stride, in elements
   * @throws ShapeException when there is no such axis
   */
  public long stride(int axis) {
    return strides[axis >= 0 && axis < strides.length ? axis : shape.existingAxis("stride", axis)];
  }

  /**
   * Returns the strides as a fresh array.
   *
   * @return a copy, in elements
   */
  public long[] strides() {
    return strides.clone();
  }

  /**
   * Returns the position of the first element.
   *
   * @return the offset, in elements
   */
  public long offset() {
    return offset;
  }

  /**
   * Tells whether the elements lie in row-major order without gaps, wherever they start.
   *
   * @return whether position and row-major index differ by the offset alone
   */
  public boolean isContiguous() {
    return contiguous;
  }

  /**
   * Returns the number of elements that a storage must hold for this layout: one more than the
   * position of the last element, or 0 when there is none.
   *
   * @return the extent, in elements, counted from the storage's start
   */
  public long extent() {
    return extent;
  }

  /**
   * Tells whether two indices may address one element: an axis of more than one element has stride
   * 0, or strides interleave. Conservative: some layouts without overlap are reported as
   * overlapping.
   *
   * @return false only when every element has a position of its own
   */
  public boolean mayOverlapItself() {
    return !contiguous && Strides.mayOverlap(shape, strides);
  }

  /**
   * Returns the axes in another order.
   *
   * @param axes for each axis of the result, the axis it comes from
   * @return the permuted view
   * @throws ShapeException when {@code axes} is not a permutation of the axes
   */
  public Layout permute(int... axes) {
    int rank = strides.length;
    long[] sizes = new long[rank];
    long[] newStrides = new long[rank];
    boolean[] seen = new boolean[rank];
    if (axes.length != rank) {
      throw notAPermutation(axes);
    }
    for (int i = 0; i < rank; i++) {
      int axis = shape.normalizeAxis("permute", axes[i]);
      if (seen[axis]) {
        throw notAPermutation(axes);
      }
      seen[axis] = true;
      sizes[i] = shape.size(axis);
      newStrides[i] = strides[axis];
    }
    return new Layout(Shape.owning(sizes), newStrides, offset);
  }

  private ShapeException notAPermutation(int[] axes) {
    return new ShapeException(
        "permute: " + shape + " by " + Arrays.toString(axes) + ": each axis is named once");
  }

  /**
   * Returns the view with two axes exchanged.
   *
   * @param first the one axis
   * @param second the other axis
   * @return the transposed view
   * @throws ShapeException when there is no such axis
   */
  public Layout transpose(int first, int second) {
    int a = shape.normalizeAxis("transpose", first);
    int b = shape.normalizeAxis("transpose", second);
    if (strides.length == 0 || a == b) {
      return this;
    }
    long[] sizes = shape.toArray();
    long[] newStrides = strides.clone();
    sizes[a] = shape.size(b);
    sizes[b] = shape.size(a);
    newStrides[a] = strides[b];
    newStrides[b] = strides[a];
    return new Layout(Shape.owning(sizes), newStrides, offset);
  }

  /**
   * Returns the view at one index of an axis, which is taken out.
   *
   * @param axis the axis
   * @param index the index along it; negative ones count from the end
   * @return the view of rank one less
   * @throws ShapeException when there is no such axis, or no axis at all
   * @throws IndexRangeException when there is no such index
   */
  public Layout select(int axis, long index) {
    int at = shape.existingAxis("select", axis);
    long size = shape.size(at);
    if (index < -size || index >= size) {
      throw new IndexRangeException(
          "select: " + shape + ": index " + index + " is outside axis " + at + " of size " + size);
    }
    long[] newStrides = new long[strides.length - 1];
    System.arraycopy(strides, 0, newStrides, 0, at);
    System.arraycopy(strides, at + 1, newStrides, at, newStrides.length - at);
    long from = index < 0 ? index + size : index;
    return new Layout(shape.without(at), newStrides, offset + from * strides[at]);
  }

  /**
   * Returns the view of some neighbouring indices of an axis.
   *
   * @param axis the axis
   * @param start the first index; negative ones count from the end
   * @param length the number of indices
   * @return the view
   * @throws ShapeException when there is no such axis, or no axis at all
   * @throws IndexRangeException when the range does not lie within the axis
   */
  public Layout narrow(int axis, long start, long length) {
    int at = shape.existingAxis("narrow", axis);
    long size = shape.size(at);
    long from = start < 0 ? start + size : start;
    if (from < 0 || length < 0 || from > size || length > size - from) {
      throw new IndexRangeException(
          "narrow: "
              + shape
              + ": "
              + length
              + " from "
              + start
              + " is outside axis "
              + at
              + " of size "
              + size);
    }
    return new Layout(
        shape.with(at, length),
        strides.clone(),
        length == 0 ? offset : offset + from * strides[at]);
  }

  /**
   * Returns the view of every {@code step}-th index of a range, with Python's meaning: negative
   * bounds count from the end, and bounds beyond the axis are cut to it.
   *
   * @param axis the axis
   * @param start the first index
   * @param end the index before which the range ends
   * @param step the distance between indices taken, at least 1
   * @return the view
   * @throws ShapeException when there is no such axis, or no axis at all
   * @throws IndexRangeException when the step is not positive
   */
  public Layout slice(int axis, long start, long end, long step) {
    int at = shape.existingAxis("slice", axis);
    if (step < 1) {
      throw new IndexRangeException("slice: " + shape + ": step " + step + " is not positive");
    }
    long size = shape.size(at);
    long from = Math.clamp(start < 0 ? start + size : start, 0L, size);
    long to = Math.clamp(end < 0 ? end + size : end, from, size);
    long length = to == from ? 0 : (to - from - 1) / step + 1;
    long[] newStrides = strides.clone();
    newStrides[at] = length > 1 ? strides[at] * step : strides[at];
    return new Layout(
        shape.with(at, length), newStrides, length == 0 ? offset : offset + from * strides[at]);
  }

  /**
   * Returns the view with an axis of size 1 taken out; the same layout when the axis is larger.
   *
   * @param axis the axis
   * @return the view
   * @throws ShapeException when there is no such axis
   */
  public Layout squeeze(int axis) {
    int at = shape.normalizeAxis("squeeze", axis);
    return strides.length == 0 || shape.size(at) != 1 ? this : select(at, 0);
  }

  /**
   * Returns the view with every axis of size 1 taken out.
   *
   * @return the view
   */
  public Layout squeeze() {
    Layout result = this;
    for (int axis = strides.length - 1; axis >= 0; axis--) {
      result = result.squeeze(axis);
    }
    return result;
  }

  /**
   * Returns the view with an axis of size 1 put in.
   *
   * @param axis where the new axis stands in the result, from {@code -rank() - 1} to {@code rank()}
   * @return the view of rank one more
   * @throws ShapeException when there is no such place
   */
  public Layout unsqueeze(int axis) {
    int rank = strides.length + 1;
    if (axis < -rank || axis >= rank) {
      throw new ShapeException(
          "unsqueeze: "
              + shape
              + ": place "
              + axis
              + " is not within "
              + -rank
              + " to "
              + (rank - 1));
    }
    int at = axis < 0 ? axis + rank : axis;
    long[] sizes = new long[rank];
    long[] newStrides = new long[rank];
    for (int i = 0; i < rank; i++) {
      int from = i < at ? i : i - 1;
      sizes[i] = i == at ? 1 : shape.size(from);
      newStrides[i] = i == at ? 1 : strides[from];
    }
    if (at < strides.length) {
      newStrides[at] = Strides.product(Math.max(shape.size(at), 1), strides[at]);
    }
    return new Layout(Shape.owning(sizes), newStrides, offset);
  }

  /**
   * Returns the view in which axes of size 1 are repeated, and missing leading axes added, to reach
   * a shape. Returns this layout when it has that shape already.
   *
   * @param target the shape to reach
   * @return the view, with stride 0 along repeated axes
   * @throws ShapeException when this shape does not broadcast to the target
   */
  public Layout expand(Shape target) {
    if (shape.equals(target)) {
      return this;
    }
    int missing = target.rank() - strides.length;
    long[] newStrides = new long[target.rank()];
    boolean fits = missing >= 0;
    for (int axis = strides.length - 1; fits && axis >= 0; axis--) {
      if (shape.size(axis) == target.size(axis + missing)) {
        newStrides[axis + missing] = strides[axis];
      } else {
        fits = shape.size(axis) == 1;
      }
    }
    if (!fits) {
      throw new ShapeException(
          "expand: " + shape + " to " + target + ": only axes of size 1 are repeated");
    }
    return new Layout(target, newStrides, offset);
  }

  /**
   * Returns the view of a diagonal: the two axes are taken out and one along the diagonal comes
   * last.
   *
   * @param diagonal which one: 0 the main one, positive above, negative below
   * @param first the axis of rows
   * @param second the axis of columns
   * @return the view of rank one less
   * @throws ShapeException when there is no such axis or the two are one
   */
  public Layout diagonal(long diagonal, int first, int second) {
    int rows = shape.existingAxis("diagonal", first);
    int columns = shape.existingAxis("diagonal", second);
    if (rows == columns) {
      throw new ShapeException(
          "diagonal: " + shape + ": axes " + first + " and " + second + " are the same");
    }
    long height = shape.size(rows) + Math.min(diagonal, 0);
    long width = shape.size(columns) - Math.max(diagonal, 0);
    long length = Math.max(Math.min(height, width), 0);
    long skip = diagonal >= 0 ? diagonal * strides[columns] : -diagonal * strides[rows];
    int rank = strides.length - 1;
    long[] sizes = new long[rank];
    long[] newStrides = new long[rank];
    int next = 0;
    for (int axis = 0; axis < strides.length; axis++) {
      if (axis != rows && axis != columns) {
        sizes[next] = shape.size(axis);
        newStrides[next++] = strides[axis];
      }
    }
    sizes[next] = length;
    newStrides[next] =
        length > 1 ? strides[rows] + strides[columns] : Math.max(strides[rows], strides[columns]);
    return new Layout(Shape.owning(sizes), newStrides, length == 0 ? offset : offset + skip);
  }

  /**
   * Returns the view of all windows along an axis: its size becomes the number of windows, and an
   * axis of the windows' length comes last.
   *
   * @param axis the axis
   * @param length the length of a window
   * @param step the distance between the starts of windows, at least 1
   * @return the view of rank one more; windows may overlap
   * @throws ShapeException when there is no such axis
   * @throws IndexRangeException when a window does not fit the axis or the step is not positive
   */
  public Layout unfold(int axis, long length, long step) {
    int at = shape.existingAxis("unfold", axis);
    long size = shape.size(at);
    if (length < 0 || length > size || step < 1) {
      throw new IndexRangeException(
          "unfold: "
              + shape
              + ": windows of "
              + length
              + " at every "
              + step
              + " of axis "
              + at
              + ": 0 <= length <= "
              + size
              + " and step >= 1");
    }
    long windows = (size - length) / step + 1;
    long[] sizes = Arrays.copyOf(shape.toArray(), strides.length + 1);
    long[] newStrides = Arrays.copyOf(strides, strides.length + 1);
    sizes[at] = windows;
    newStrides[at] = windows > 1 ? strides[at] * step : strides[at];
    sizes[strides.length] = length;
    newStrides[strides.length] = strides[at];
    return new Layout(Shape.owning(sizes), newStrides, offset);
  }

  /**
   * Returns the view of the same elements, in the same row-major order, under another shape.
   *
   * @param target the shape to reach, with as many elements
   * @return the view, or null when no strides describe it, so that the elements must be copied
   * @throws ShapeException when the numbers of elements differ
   */
  public @Nullable Layout reshape(Shape target) {
    if (target.numel() != shape.numel()) {
      throw new ShapeException(
          "reshape: "
              + shape
              + " to "
              + target
              + ": "
              + shape.numel()
              + " elements are not "
              + target.numel());
    }
    if (contiguous) {
      Layout result = contiguous(target);
      return offset == 0 ? result : new Layout(target, result.strides, offset);
    }
    long[] newStrides = Strides.reshape(shape, strides, target);
    return newStrides == null ? null : new Layout(target, newStrides, offset);
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || (other instanceof Layout layout
            && offset == layout.offset
            && shape.equals(layout.shape)
            && Arrays.equals(strides, layout.strides));
  }

  @Override
  public int hashCode() {
    return 31 * (31 * shape.hashCode() + Arrays.hashCode(strides)) + Long.hashCode(offset);
  }

  /**
   * Returns sizes, strides and offset, for example {@code [2, 3] strides [3, 1] offset 0}.
   *
   * @return a description
   */
  @Override
  public String toString() {
    return shape + " strides " + Arrays.toString(strides) + " offset " + offset;
  }
}
