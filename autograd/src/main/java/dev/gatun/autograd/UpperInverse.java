package dev.gatun.autograd;

import dev.gatun.kernels.Kernels;
import dev.gatun.memory.DType;
import java.util.Arrays;

/** Inverses of upper triangles of float64. Tensors join the caller's scope. */
final class UpperInverse {
  /** Up to this size, rows on the heap are faster than matrix products. */
  private static final int SMALL = 128;

  private UpperInverse() {}

  /** Returns the inverse of a contiguous upper triangle [n, n], not finite where there is none. */
  static Tensor of(Tensor triangle) {
    Tensor result = Gatun.zeros(DType.FLOAT64, triangle.shape());
    invert(triangle, result, 0, Math.toIntExact(triangle.size(0)));
    return result;
  }

  /** Inverts a triangle on the diagonal, by halves while it is large. */
  private static void invert(Tensor triangle, Tensor result, int from, int to) {
    if (to - from <= SMALL) {
      invertSmall(triangle, result, from, to);
      return;
    }
    int middle = (from + to) / 2;
    invert(triangle, result, from, middle);
    invert(triangle, result, middle, to);
    Tensor beside = TriangularFactors.part(triangle, from, middle, middle, to);
    Tensor above = TriangularFactors.part(result, from, middle, from, middle);
    Tensor below = TriangularFactors.part(result, middle, to, middle, to);
    Kernels.provider()
        .matmul()
        .matmul(
            TriangularFactors.part(result, from, middle, middle, to),
            above.matmul(beside),
            below,
            -1,
            0,
            null,
            null);
  }

  private static void invertSmall(Tensor triangle, Tensor result, int from, int to) {
    int size = to - from;
    long width = triangle.size(1);
    double[][] upper = RowScratch.matrix(size, size);
    double[][] inverse = RowScratch.sides(size, size);
    RowScratch.read(upper, triangle.asSegment(), width, from, to, from, to);
    for (int i = size - 1; i >= 0; i--) {
      Arrays.fill(inverse[i], 0, size, 0);
      inverse[i][i] = 1;
      Rows64.subtract(inverse[i], upper[i], i + 1, size - i - 1, inverse, i + 1, i + 1, size);
      Rows64.divide(inverse[i], upper[i][i], i, size);
    }
    RowScratch.write(inverse, result.asSegment(), width, from, to, from, to);
  }
}
