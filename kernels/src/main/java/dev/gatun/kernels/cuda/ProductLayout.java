package dev.gatun.kernels.cuda;

import dev.gatun.bindings.cuda.CublasLtProduct.Matrix;
import dev.gatun.memory.Layout;
import org.jspecify.annotations.Nullable;

/**
 * How the operands of a product lie, if it is such that cublasLt takes them: rows or columns side
 * by side, and the matrices of a batch evenly spaced.
 *
 * @param rows of the result
 * @param columns of the result
 * @param depth what is summed over
 * @param batch the innermost of the leading axes, after those have been joined that can be
 * @param outer the other leading axes: of the result, the left and the right factor
 * @param out the result, its rows side by side
 * @param a the left factor
 * @param b the right factor
 * @param swapped whether this is the transpose of what was asked for, with the factors exchanged
 */
record ProductLayout(
    long rows,
    long columns,
    long depth,
    long batch,
    AxisSpace outer,
    Matrix out,
    Matrix a,
    Matrix b,
    boolean swapped) {

  /**
   * Looks at operands of two axes or more, the leading ones of the factors broadcast.
   *
   * @return null where a matrix has neither rows nor columns side by side
   */
  static @Nullable ProductLayout of(Layout out, Layout a, Layout b) {
    int rank = out.rank();
    long rows = out.size(rank - 2);
    long columns = out.size(rank - 1);
    long depth = a.size(a.rank() - 1);
    var leading = AxisSpace.of("matmul", true);
    for (int axis = 0; axis < rank - 2; axis++) {
      int fromEnd = rank - axis;
      leading.add(
          out.size(axis),
          out.stride(axis),
          TiledProduct.stride(a, fromEnd),
          TiledProduct.stride(b, fromEnd));
    }
    long batch = leading.axes() == 0 ? 1 : leading.size(0);
    var outer = leading.withoutInnermost();
    var result = matrix(out, leading.stride(0, 0));
    var left = matrix(a, leading.stride(1, 0));
    var right = matrix(b, leading.stride(2, 0));
    if (result == null || left == null || right == null || batch > Integer.MAX_VALUE) {
      return null;
    }
    if (!result.transposed()) {
      return new ProductLayout(rows, columns, depth, batch, outer, result, left, right, false);
    }
    // The transpose of the product is that of the transposes, in the other order.
    return new ProductLayout(
        columns, rows, depth, batch, outer, turned(result), turned(right), turned(left), true);
  }

  private static Matrix turned(Matrix matrix) {
    return new Matrix(!matrix.transposed(), matrix.leading(), matrix.batchStride());
  }

  private static @Nullable Matrix matrix(Layout layout, long batchStride) {
    int rank = layout.rank();
    long rows = layout.size(rank - 2);
    long columns = layout.size(rank - 1);
    // Along an axis of one element any stride will do.
    if (layout.stride(rank - 1) == 1 || columns == 1) {
      long leading = rows == 1 ? columns : layout.stride(rank - 2);
      if (leading >= columns) {
        return new Matrix(false, Math.max(1, leading), batchStride);
      }
    }
    if (layout.stride(rank - 2) == 1 || rows == 1) {
      long leading = columns == 1 ? rows : layout.stride(rank - 1);
      if (leading >= rows) {
        return new Matrix(true, Math.max(1, leading), batchStride);
      }
    }
    return null;
  }
}
