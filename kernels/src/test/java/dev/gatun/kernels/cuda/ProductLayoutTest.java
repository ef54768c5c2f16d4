package dev.gatun.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.gatun.bindings.cuda.CublasLtProduct.Matrix;
import dev.gatun.memory.Layout;
import dev.gatun.memory.Shape;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is said to cublasLt about operands is where their elements are. */
class ProductLayoutTest {
  private static final long[][] LEADING = {{}, {3}, {2, 3}};

  /** Ways for matrices to lie: rows side by side, columns, with gaps, and leading axes apart. */
  private static List<Layout> layouts(long[] leading, long rows, long columns) {
    var layouts = new ArrayList<Layout>();
    for (long gap : new long[] {0, 3}) {
      layouts.add(layout(leading, rows, columns, columns + gap, 1, 0));
      layouts.add(layout(leading, rows, columns, 1, rows + gap, 5));
      layouts.add(layout(leading, rows, columns, columns + gap, 1, 7));
    }
    return layouts;
  }

  private static Layout layout(
      long[] leading, long rows, long columns, long row, long column, long apart) {
    int rank = leading.length + 2;
    long[] sizes = new long[rank];
    long[] strides = new long[rank];
    long stride = Math.max(rows * row, columns * column);
    for (int axis = leading.length - 1; axis >= 0; axis--) {
      sizes[axis] = leading[axis];
      strides[axis] = stride;
      stride = stride * leading[axis] + apart;
    }
    sizes[rank - 2] = rows;
    sizes[rank - 1] = columns;
    strides[rank - 2] = row;
    strides[rank - 1] = column;
    return Layout.strided(Shape.of(sizes), strides, 0);
  }

  private static long position(Layout layout, long matrix, long row, long column) {
    int rank = layout.rank();
    long at = row * layout.stride(rank - 2) + column * layout.stride(rank - 1);
    long rest = matrix;
    for (int axis = rank - 3; axis >= 0; axis--) {
      at += rest % layout.size(axis) * layout.stride(axis);
      rest /= layout.size(axis);
    }
    return at;
  }

  private static long position(
      ProductLayout product, int operand, Matrix matrix, long index, long row, long column) {
    long outer = product.outer().offset(operand, index / product.batch());
    long inner = index % product.batch() * matrix.batchStride();
    long within =
        matrix.transposed() ? column * matrix.leading() + row : row * matrix.leading() + column;
    return outer + inner + within;
  }

  @Test
  void everyElementIsWhereItIs() {
    int checked = 0;
    for (long[] leading : LEADING) {
      for (long[] size : new long[][] {{4, 5, 6}, {1, 5, 6}, {4, 1, 6}, {4, 5, 1}, {1, 1, 1}}) {
        for (var out : layouts(leading, size[0], size[1])) {
          for (var a : layouts(leading, size[0], size[2])) {
            for (var b : layouts(leading, size[2], size[1])) {
              check(out, a, b);
              checked++;
            }
          }
        }
      }
    }
    assertEquals(3 * 5 * 216, checked);
  }

  private static void check(Layout out, Layout a, Layout b) {
    var product = ProductLayout.of(out, a, b);
    assertNotNull(product);
    int rank = out.rank();
    long rows = out.size(rank - 2);
    long columns = out.size(rank - 1);
    long depth = a.size(rank - 1);
    boolean swapped = product.swapped();
    assertEquals(swapped ? columns : rows, product.rows());
    assertEquals(swapped ? rows : columns, product.columns());
    int left = swapped ? 2 : 1;
    for (long matrix = 0; matrix < out.numel() / rows / columns; matrix++) {
      for (long i = 0; i < product.rows(); i++) {
        for (long j = 0; j < product.columns(); j++) {
          long row = swapped ? j : i;
          long column = swapped ? i : j;
          assertEquals(
              position(out, matrix, row, column),
              position(product, 0, product.out(), matrix, i, j));
        }
        for (long k = 0; k < depth; k++) {
          assertEquals(
              swapped ? position(b, matrix, k, i) : position(a, matrix, i, k),
              position(product, left, product.a(), matrix, i, k));
        }
      }
      for (long k = 0; k < depth; k++) {
        for (long j = 0; j < product.columns(); j++) {
          assertEquals(
              swapped ? position(a, matrix, j, k) : position(b, matrix, k, j),
              position(product, 3 - left, product.b(), matrix, k, j));
        }
      }
    }
  }

  @Test
  void factorsOfABatchMayBeRepeated() {
    var out = Layout.contiguous(Shape.of(6, 4, 5));
    var a = Layout.contiguous(Shape.of(4, 3));
    var b = Layout.contiguous(Shape.of(6, 3, 5));
    var product = ProductLayout.of(out, a, b);
    assertNotNull(product);
    assertEquals(6, product.batch());
    assertEquals(new Matrix(false, 3, 0), product.a());
    assertEquals(new Matrix(false, 5, 15), product.b());
  }

  @Test
  void elementsThatNowhereLieSideBySideAreNotTaken() {
    var square = Layout.contiguous(Shape.of(4, 4));
    var sparse = Layout.strided(Shape.of(4, 4), new long[] {8, 2}, 0);
    var repeated = Layout.strided(Shape.of(4, 4), new long[] {0, 1}, 0);
    assertNull(ProductLayout.of(square, sparse, square));
    assertNull(ProductLayout.of(sparse, square, square));
    assertNull(ProductLayout.of(square, square, repeated));
  }
}
