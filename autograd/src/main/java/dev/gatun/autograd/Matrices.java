package dev.gatun.autograd;

import dev.gatun.kernels.Kernels;
import dev.gatun.memory.Layout;
import dev.gatun.memory.Shape;
import dev.gatun.memory.StridedArray;
import org.jspecify.annotations.Nullable;

/** Tensors as the kernels of rows want them: matrices, or vectors, whose rows have no gaps. */
final class Matrices {
  private Matrices() {}

  /**
   * Shows elements for reading, copied only where they do not lie row by row.
   *
   * @param tensor what to show
   * @param sizes the shape to show, in which the elements of the last axis lie side by side
   * @return a handle, to be closed by the caller
   */
  static StridedArray read(Tensor tensor, long... sizes) {
    Shape shape = Shape.of(sizes);
    Layout rows = rows(tensor.layout(), shape);
    if (rows != null) {
      return new StridedArray(tensor.storage().retain(), tensor.dtype(), rows);
    }
    StridedArray copy = StridedArray.allocate(tensor.dtype(), shape);
    try (StridedArray alike = inShape(copy, tensor.shape())) {
      Kernels.provider().indexing().copy(alike, tensor);
    }
    return copy;
  }

  /**
   * Shows the place of elements for writing; elsewhere where they do not lie row by row, so that
   * {@link #written} must follow.
   *
   * @param tensor what is to be written
   * @param sizes the shape to show, in which the elements of the last axis lie side by side
   * @return a handle, to be closed by the caller
   */
  static StridedArray write(Tensor tensor, long... sizes) {
    Shape shape = Shape.of(sizes);
    Layout rows = rows(tensor.layout(), shape);
    return rows == null
        ? StridedArray.allocate(tensor.dtype(), shape)
        : new StridedArray(tensor.storage().retain(), tensor.dtype(), rows);
  }

  /** Brings what was written through a handle of {@link #write} to its place. */
  static void written(Tensor tensor, StridedArray rows) {
    if (rows.storage() != tensor.storage()) {
      try (StridedArray alike = inShape(rows, tensor.shape())) {
        Kernels.provider().indexing().copy(tensor, alike);
      }
    }
  }

  private static @Nullable Layout rows(Layout layout, Shape shape) {
    Layout result = layout.reshape(shape);
    int last = shape.rank() - 1;
    return result == null || shape.size(last) > 1 && result.stride(last) != 1 ? null : result;
  }

  /** Shows a contiguous array in another shape of as many elements, to be closed by the caller. */
  static StridedArray inShape(StridedArray contiguous, Shape shape) {
    return new StridedArray(
        contiguous.storage().retain(), contiguous.dtype(), Layout.contiguous(shape));
  }
}
