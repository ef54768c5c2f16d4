package dev.gatun.bench.gemm;

import dev.gatun.bench.peers.MatrixOperands;
import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

/**
 * Checks products before they are timed. Errors are relative to the largest sampled element of the
 * exact result.
 */
final class Agreement {

  private static final int SAMPLES = 512;

  private final MatrixOperands operands;
  private final int[] rows = new int[SAMPLES];
  private final int[] columns = new int[SAMPLES];
  private final double[] exact = new double[SAMPLES];
  private final double scale;

  /**
   * Computes the sampled elements in double precision.
   *
   * @param operands the operands of the product
   */
  Agreement(MatrixOperands operands) {
    this.operands = operands;
    var random = new SplittableRandom(operands.size());
    double largest = 0;
    for (int sample = 0; sample < SAMPLES; sample++) {
      rows[sample] = random.nextInt(operands.size());
      columns[sample] = random.nextInt(operands.size());
      exact[sample] = dot(rows[sample], columns[sample]);
      largest = Math.max(largest, Math.abs(exact[sample]));
    }
    scale = largest;
  }

  /**
   * The error that rounding explains: it grows with the square root of the number of terms.
   *
   * @return the largest relative error to accept
   */
  double tolerance() {
    double roundoff = operands.dtype() == DType.FLOAT32 ? 0x1p-24 : 0x1p-53;
    return 8 * roundoff * Math.sqrt(operands.size());
  }

  /**
   * Compares sampled elements with the exact ones.
   *
   * @param result a product
   * @return the largest relative error; NaN when an element is NaN
   */
  double errorOfSamples(MemorySegment result) {
    double worst = 0;
    for (int sample = 0; sample < SAMPLES; sample++) {
      double found = operands.element(result, rows[sample], columns[sample]);
      worst = Math.max(worst, Math.abs(found - exact[sample]));
    }
    return worst / scale;
  }

  /**
   * Compares all elements of two results.
   *
   * @param result a product
   * @param reference another contestant's
   * @return the largest relative difference; NaN when an element is NaN
   */
  double differenceFrom(MemorySegment result, MemorySegment reference) {
    double worst = 0;
    for (int row = 0; row < operands.size(); row++) {
      for (int column = 0; column < operands.size(); column++) {
        double difference =
            operands.element(result, row, column) - operands.element(reference, row, column);
        worst = Math.max(worst, Math.abs(difference));
      }
    }
    return worst / scale;
  }

  private double dot(int row, int column) {
    double sum = 0;
    for (int k = 0; k < operands.size(); k++) {
      sum += operands.element(operands.a(), row, k) * operands.element(operands.b(), k, column);
    }
    return sum;
  }
}
