package dev.gatun.bench.gemm;

import dev.gatun.memory.DType;

/**
 * One row of the table.
 *
 * @param dtype {@code FLOAT32} or {@code FLOAT64}
 * @param threads how many threads may be used
 * @param size rows and columns of every matrix
 */
record GemmCase(DType dtype, int threads, int size) {

  /**
   * Turns a time into a speed.
   *
   * @param seconds time of one product
   * @return GFLOP/s, a multiply-add counting as two operations
   */
  double gigaflops(double seconds) {
    return 2e-9 * size * size * size / seconds;
  }
}
