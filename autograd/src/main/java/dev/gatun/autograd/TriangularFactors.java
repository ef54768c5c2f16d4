package dev.gatun.autograd;

import dev.gatun.kernels.Kernels;
import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Triangles whose product is a square matrix, in float64, in place of a copy of it. Blocks of
 * columns are factored in {@linkplain RowScratch rows on the heap}, a small matrix as one block;
 * what a block owes to the rest is a matrix product. Tensors join the caller's scope.
 */
abstract sealed class TriangularFactors permits CholeskyFactor, LuFactors {
  /** Up to this size, matrix products would not pay for what they need around them. */
  private static final int SMALL = 160;

  private static final int BLOCK = 48;

  /** All triangles in one square. */
  final Tensor factors;

  final MemorySegment elements;
  final int size;

  /** How many columns are factored at a time. */
  final int block;

  /** Copies a matrix [n, n] of any floating-point type. */
  TriangularFactors(Tensor matrix) {
    factors = Tensor.allocate(DType.FLOAT64, matrix.shape());
    Kernels.provider().indexing().copy(factors, matrix);
    elements = factors.asSegment();
    size = Math.toIntExact(matrix.size(0));
    block = size <= SMALL ? Math.max(1, size) : BLOCK;
  }

  final double at(long row, int column) {
    return elements.getAtIndex(ValueLayout.JAVA_DOUBLE, row * size + column);
  }

  final void set(long row, int column, double value) {
    elements.setAtIndex(ValueLayout.JAVA_DOUBLE, row * size + column, value);
  }

  /** Reads a part of the square. */
  final void read(double[][] rows, int top, int bottom, int left, int right) {
    RowScratch.read(rows, elements, size, top, bottom, left, right);
  }

  /** Writes a part of the square. */
  final void write(double[][] rows, int top, int bottom, int left, int right) {
    RowScratch.write(rows, elements, size, top, bottom, left, right);
  }

  /** A part of the square, as a view. */
  final Tensor part(long top, long bottom, long left, long right) {
    return part(factors, top, bottom, left, right);
  }

  /** A part of a matrix, as a view. */
  static Tensor part(Tensor matrix, long top, long bottom, long left, long right) {
    return matrix.narrow(0, top, bottom - top).narrow(1, left, right - left);
  }

  /** {@code out -= a x b}. */
  static void subtractProduct(Tensor out, Tensor a, Tensor b) {
    Kernels.provider().matmul().matmul(out, a, b, -1, 1, null, null);
  }
}
