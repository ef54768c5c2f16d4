package dev.gatun.kernels.pooling;

import java.util.Arrays;

/** What one thread adds the gradients of a plane in, as double. Grows to what was needed once. */
final class PlaneSums {
  private double[] sums = new double[0];

  /** Begins a plane with zeros. */
  void begin(Planes results) {
    int count = Math.multiplyExact(results.rows, results.columns);
    if (sums.length < count) {
      sums = new double[count];
    }
    Arrays.fill(sums, 0, count, 0);
  }

  /** Adds to the element with a row-major index. */
  void add(long index, double value) {
    sums[(int) index] += value;
  }

  void store(Planes results, long plane) {
    int next = 0;
    for (int row = 0; row < results.rows; row++) {
      for (int column = 0; column < results.columns; column++) {
        results.set(plane, row, column, sums[next]);
        next++;
      }
    }
  }
}
