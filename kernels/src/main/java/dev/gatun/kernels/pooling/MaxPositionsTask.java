package dev.gatun.kernels.pooling;

import dev.gatun.memory.StridedArray;

/** Finds where the largest elements of windows lie. */
final class MaxPositionsTask extends ForwardTask {
  private final MaxSearch search = new MaxSearch();

  void set(StridedArray positions, StridedArray input, PoolingGeometry geometry) {
    results.set(positions);
    search.set(input, positions, geometry);
  }

  @Override
  void computeRow(long plane, int row) {
    long image = search.images.plane(plane);
    long to = results.plane(plane);
    for (int column = 0; column < results.columns; column++) {
      results.setLong(to, row, column, search.find(image, row, column));
    }
  }

  @Override
  void clear() {
    super.clear();
    search.images.clear();
  }
}
