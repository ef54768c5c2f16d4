package dev.gatun.bench.contest;

import dev.gatun.memory.DType;

/**
 * How much a computation has to do at least, whoever does it.
 *
 * @param flops floating-point operations, a multiply-add counting as two; 0 where memory is all
 *     that counts
 * @param bytes bytes that must be read or written
 * @param dtype the element type of the arithmetic
 */
public record Work(double flops, double bytes, DType dtype) {

  /**
   * Work that only moves memory.
   *
   * @param bytes bytes that must be read or written
   * @return the work
   */
  public static Work ofBytes(double bytes) {
    return new Work(0, bytes, DType.FLOAT32);
  }

  /**
   * The work of a matrix product.
   *
   * @param dtype the element type
   * @param m rows of the result
   * @param n columns of the result
   * @param k terms of each sum
   * @return the work
   */
  public static Work ofProduct(DType dtype, double m, double n, double k) {
    return new Work(2 * m * n * k, (m * k + k * n + m * n) * dtype.byteSize(), dtype);
  }

  /**
   * The shortest time the machine allows.
   *
   * @param flopsPerSecond the measured peak
   * @param bytesPerSecond the measured speed of memory
   * @return seconds
   */
  public double leastSeconds(double flopsPerSecond, double bytesPerSecond) {
    double computing = flops == 0 ? 0 : flops / flopsPerSecond;
    return Math.max(computing, bytes / bytesPerSecond);
  }
}
