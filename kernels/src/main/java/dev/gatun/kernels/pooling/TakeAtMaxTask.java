package dev.gatun.kernels.pooling;

import dev.gatun.memory.StridedArray;

/** Takes elements from where the largest ones of windows lie. */
final class TakeAtMaxTask extends ForwardTask {
  private final MaxSearch search = new MaxSearch();
  private final Planes source = new Planes();
  private double otherwise;

  void set(
      StridedArray out,
      StridedArray source,
      StridedArray input,
      PoolingGeometry geometry,
      double otherwise) {
    results.set(out);
    search.set(input, out, geometry);
    this.source.set(source);
    this.otherwise = otherwise;
  }

  @Override
  void computeRow(long plane, int row) {
    long image = search.images.plane(plane);
    long from = source.plane(plane);
    long to = results.plane(plane);
    for (int column = 0; column < results.columns; column++) {
      long found = search.find(image, row, column);
      double value =
          found < 0 ? otherwise : source.get(from, found / source.columns, found % source.columns);
      results.set(to, row, column, value);
    }
  }

  @Override
  void clear() {
    super.clear();
    search.images.clear();
    source.clear();
  }
}
