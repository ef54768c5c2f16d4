package dev.gatun.kernels.pooling;

import dev.gatun.memory.StridedArray;

/** Computes the means of windows. */
final class AverageTask extends ForwardTask {
  final PlaneWindows windows = new PlaneWindows();
  private final Planes images = new Planes();
  private long divisor;

  void set(StridedArray out, StridedArray input, long divisor) {
    results.set(out);
    images.set(input);
    this.divisor = divisor;
  }

  @Override
  void computeRow(long plane, int row) {
    long image = images.plane(plane);
    long to = results.plane(plane);
    for (int column = 0; column < results.columns; column++) {
      results.set(to, row, column, sum(image, row, column) / windows.divisor(row, column, divisor));
    }
  }

  private double sum(long image, int row, int column) {
    int bottom = windows.rows.end(row);
    int left = windows.columns.start(column);
    int right = windows.columns.end(column);
    double sum = 0;
    for (int y = windows.rows.start(row); y < bottom; y++) {
      for (int x = left; x < right; x++) {
        sum += images.get(image, y, x);
      }
    }
    return sum;
  }

  @Override
  void clear() {
    super.clear();
    images.clear();
  }
}
