package dev.gatun.kernels.pooling;

import dev.gatun.memory.StridedArray;

/** The windows of each plane of images, along its rows and along its columns. */
final class PlaneWindows {
  final AxisWindows rows = new AxisWindows();
  final AxisWindows columns = new AxisWindows();

  /** Windows of one size that move by a step. */
  void regular(
      StridedArray images, StridedArray results, PoolingGeometry geometry, boolean countPadding) {
    rows.regular(
        images.layout().size(2),
        results.layout().size(2),
        geometry.kernelHeight(),
        geometry.strideHeight(),
        geometry.paddingHeight(),
        geometry.dilationHeight(),
        countPadding);
    columns.regular(
        images.layout().size(3),
        results.layout().size(3),
        geometry.kernelWidth(),
        geometry.strideWidth(),
        geometry.paddingWidth(),
        geometry.dilationWidth(),
        countPadding);
  }

  /** Windows that cover an image. */
  void covering(StridedArray images, StridedArray results) {
    rows.covering(images.layout().size(2), results.layout().size(2));
    columns.covering(images.layout().size(3), results.layout().size(3));
  }

  /** Returns what the sum of a window is divided by. */
  double divisor(int row, int column, long divisor) {
    return divisor != 0 ? divisor : (double) rows.counted(row) * columns.counted(column);
  }
}
