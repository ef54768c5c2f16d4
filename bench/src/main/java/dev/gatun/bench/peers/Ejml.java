package dev.gatun.bench.peers;

import dev.gatun.memory.DType;

/**
 * EJML: matrix products in plain Java, on matrices of its own on the heap. Its classes are there in
 * the profile {@code peers} only.
 */
public interface Ejml extends Peer {

  /** The name in tables and files. */
  String NAME = "EJML";

  /** A product of two of its matrices. */
  interface Product extends Runnable {

    /**
     * What was computed at last.
     *
     * @return the elements in row-major order
     */
    double[] result();
  }

  /**
   * Prepares a product of square matrices, with the threads set at this moment: EJML has one set of
   * methods for one thread and another for more.
   *
   * @param dtype {@code FLOAT32} or {@code FLOAT64}
   * @param transposeA whether {@code a} is stored transposed; not both
   * @param transposeB whether {@code b} is stored transposed
   * @param size rows and columns
   * @param a the left operand in row-major order, copied
   * @param b the right operand in row-major order, copied
   * @return the product
   */
  Product product(
      DType dtype, boolean transposeA, boolean transposeB, int size, double[] a, double[] b);
}
