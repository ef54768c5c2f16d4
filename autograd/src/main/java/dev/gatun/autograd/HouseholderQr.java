package dev.gatun.autograd;

import dev.gatun.kernels.Kernels;
import dev.gatun.memory.DType;
import dev.gatun.memory.Shape;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A matrix as the product of an orthogonal one and an upper triangle, in float64. Reflections,
 * column by column within blocks; a block of them, {@code I - V T V^T}, reaches the other columns
 * by matrix products (Schreiber and Van Loan, A storage-efficient WY representation for products of
 * Householder transformations, 1989). A small matrix is one block. Signs are LAPACK's. Tensors join
 * the caller's scope.
 */
final class HouseholderQr {
  /** Up to so many elements, matrix products would not pay for what they need around them. */
  private static final long SMALL = 160 * 160;

  private static final int BLOCK = 32;

  /** The triangle, and beneath its diagonal the vectors of the reflections, [rows, columns]. */
  private final Tensor packed;

  private final MemorySegment elements;
  private final int rows;
  private final int columns;
  private final List<Block> blocks = new ArrayList<>();

  /** Reflections that leave the rows before the start alone, by their factors. */
  private record Block(int start, double[] taus) {
    int end() {
      return start + taus.length;
    }
  }

  private HouseholderQr(Tensor packed) {
    this.packed = packed;
    elements = packed.asSegment();
    rows = Math.toIntExact(packed.size(0));
    columns = Math.toIntExact(packed.size(1));
  }

  /** Factors a matrix [m, n] of any floating-point type. */
  static HouseholderQr of(Tensor matrix) {
    Tensor packed = Tensor.allocate(DType.FLOAT64, matrix.shape());
    Kernels.provider().indexing().copy(packed, matrix);
    HouseholderQr qr = new HouseholderQr(packed);
    int count = Math.min(qr.rows, qr.columns);
    int block = matrix.numel() <= SMALL ? Math.max(1, count) : BLOCK;
    for (int start = 0; start < count; start += block) {
      qr.factorBlock(new Block(start, new double[Math.min(block, count - start)]));
    }
    return qr;
  }

  private void factorBlock(Block block) {
    int start = block.start;
    boolean alone = start == 0 && block.end() == Math.min(rows, columns);
    int end = alone ? columns : block.end();
    double[][] panel = RowScratch.matrix(rows - start, end - start);
    RowScratch.read(panel, elements, columns, start, rows, start, end);
    ReflectedPanel.factor(panel, rows - start, end - start, block.taus);
    RowScratch.write(panel, elements, columns, start, rows, start, end);
    blocks.add(block);
    if (end < columns) {
      Tensor rest = TriangularFactors.part(packed, start, rows, end, columns);
      Tensor vectors = vectors(block);
      reflect(rest, vectors, triangle(block, vectors).mT());
    }
  }

  /** The vectors of a block of reflections as columns, [rows from the start on, columns]. */
  private Tensor vectors(Block block) {
    Tensor part = TriangularFactors.part(packed, block.start, rows, block.start, block.end());
    Tensor vectors = part.tril(-1);
    for (int i = 0; i < block.taus.length; i++) {
      vectors.set(1, i, i);
    }
    return vectors;
  }

  private static Tensor triangle(Block block, Tensor vectors) {
    int count = block.taus.length;
    double[] products = vectors.mT().matmul(vectors).toDoubleArray();
    return Gatun.tensor(
        DType.FLOAT64, Shape.of(count, count), ReflectedPanel.triangle(products, block.taus));
  }

  /** Reflects the columns of a matrix: {@code X -= V T V^T X}. */
  private static void reflect(Tensor matrix, Tensor vectors, Tensor triangle) {
    TriangularFactors.subtractProduct(
        matrix, vectors, triangle.matmul(vectors.mT().matmul(matrix)));
  }

  /**
   * Returns the first columns of the orthogonal matrix.
   *
   * @param count how many, not fewer than the triangle has rows, but for 0
   * @return [m, count]
   */
  Tensor orthogonal(long count) {
    Tensor result = Gatun.zeros(DType.FLOAT64, Shape.of(rows, count));
    if (count == 0) {
      return result;
    }
    if (blocks.size() == 1) {
      multiplyAlone(result.asSegment(), Math.toIntExact(count));
      return result;
    }
    for (long i = 0; i < count; i++) {
      result.set(1, i, i);
    }
    for (int i = blocks.size() - 1; i >= 0; i--) {
      Block block = blocks.get(i);
      // The columns before are those of the unit matrix still.
      Tensor part = TriangularFactors.part(result, block.start, rows, block.start, count);
      Tensor vectors = vectors(block);
      reflect(part, vectors, triangle(block, vectors));
    }
    return result;
  }

  private void multiplyAlone(MemorySegment result, int count) {
    Block block = blocks.getFirst();
    double[][] vectors = RowScratch.matrix(rows, block.taus.length);
    RowScratch.read(vectors, elements, columns, 0, rows, 0, block.taus.length);
    double[][] unit = RowScratch.sides(rows, count);
    for (int i = 0; i < rows; i++) {
      Arrays.fill(unit[i], 0, count, 0);
      if (i < count) {
        unit[i][i] = 1;
      }
    }
    ReflectedPanel.multiply(vectors, rows, block.taus, unit, count);
    RowScratch.write(unit, result, count, 0, rows, 0, count);
  }

  /** Returns the first rows of the triangle, [count, n]. */
  Tensor triangle(long count) {
    return packed.narrow(0, 0, count).triu(0);
  }

  /** Copies the rows of a matrix to the heap. */
  static double[][] rows(Tensor matrix) {
    return rows(matrix.toDoubleArray(), Math.toIntExact(matrix.size(0)));
  }

  /** Cuts elements into rows. */
  static double[][] rows(double[] elements, int count) {
    double[][] result = new double[count][];
    int width = count == 0 ? 0 : elements.length / count;
    for (int i = 0; i < count; i++) {
      result[i] = Arrays.copyOfRange(elements, i * width, (i + 1) * width);
    }
    return result;
  }

  /** Makes a matrix of rows. */
  static Tensor tensor(double[][] rows, int width) {
    double[] elements = new double[rows.length * width];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(rows[i], 0, elements, i * width, width);
    }
    return Gatun.tensor(DType.FLOAT64, Shape.of(rows.length, width), elements);
  }
}
