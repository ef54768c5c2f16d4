package dev.gatun.kernels.pooling;

import dev.gatun.memory.StridedArray;

/** Finds the largest elements of windows. */
final class MaxSearch {
  final PlaneWindows windows = new PlaneWindows();
  final Planes images = new Planes();

  void set(StridedArray images, StridedArray results, PoolingGeometry geometry) {
    this.images.set(images);
    windows.regular(images, results, geometry, false);
  }

  /**
   * Returns where the largest element of a window lies.
   *
   * @param plane the position of the image
   * @param row the row of the window among the windows
   * @param column its column
   * @return {@code row * columns + column} in the image, or -1 where the window sees nothing of it
   */
  long find(long plane, int row, int column) {
    long bottom = windows.rows.end(row);
    long right = windows.columns.end(column);
    long left = windows.columns.start(column);
    long found = -1;
    double max = Double.NEGATIVE_INFINITY;
    for (long y = windows.rows.start(row); y < bottom; y += windows.rows.dilation) {
      for (long x = left; x < right; x += windows.columns.dilation) {
        double value = images.get(plane, y, x);
        if (value > max || Double.isNaN(value) || found < 0) {
          max = value;
          found = y * images.columns + x;
        }
      }
    }
    return found;
  }
}
