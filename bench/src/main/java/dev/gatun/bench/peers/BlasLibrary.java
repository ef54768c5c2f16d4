package dev.gatun.bench.peers;

import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;

/** A library with CBLAS's functions, called straight through the foreign function interface. */
public sealed interface BlasLibrary extends Peer permits OpenBlas, OneMkl {

  /**
   * The functions that are called.
   *
   * @return handles to them
   */
  Cblas functions();

  /**
   * Computes a product of matrices in row-major order.
   *
   * @param dtype {@code FLOAT32} or {@code FLOAT64}
   * @param transposeA whether {@code a} is stored transposed, k by m
   * @param transposeB whether {@code b} is stored transposed, n by k
   * @param m rows of the result
   * @param n columns of the result
   * @param k terms of each sum
   * @param a the left operand
   * @param b the right operand
   * @param c the result, overwritten
   */
  default void gemm(
      DType dtype,
      boolean transposeA,
      boolean transposeB,
      int m,
      int n,
      int k,
      MemorySegment a,
      MemorySegment b,
      MemorySegment c) {
    if (dtype == DType.FLOAT32) {
      functions().sgemm(transposeA, transposeB, m, n, k, a, b, c);
    } else {
      functions().dgemm(transposeA, transposeB, m, n, k, a, b, c);
    }
  }

  /**
   * Multiplies a float32 matrix in row-major order by a vector.
   *
   * @param transposed whether the transpose is multiplied
   * @param rows rows of the matrix as stored
   * @param columns columns of the matrix as stored
   * @param matrix the matrix
   * @param x the vector
   * @param y the result, overwritten
   */
  default void gemv(
      boolean transposed,
      int rows,
      int columns,
      MemorySegment matrix,
      MemorySegment x,
      MemorySegment y) {
    functions().sgemv(transposed, rows, columns, matrix, x, y);
  }
}
