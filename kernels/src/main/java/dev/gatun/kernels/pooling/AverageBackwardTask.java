package dev.gatun.kernels.pooling;

import dev.gatun.kernels.scratch.ScratchPool;
import dev.gatun.memory.StridedArray;

/** Spreads the gradients of means over their windows. */
final class AverageBackwardTask extends BackwardTask {
  final PlaneWindows windows = new PlaneWindows();
  private long divisor;

  AverageBackwardTask(ScratchPool<PlaneSums> sumsPool) {
    super(sumsPool);
  }

  void set(StridedArray inputGradient, StridedArray outputGradient, long divisor) {
    results.set(inputGradient);
    gradients.set(outputGradient);
    this.divisor = divisor;
  }

  @Override
  void spreadRow(PlaneSums sums, long plane, int row) {
    long from = gradients.plane(plane);
    int bottom = windows.rows.end(row);
    for (int column = 0; column < gradients.columns; column++) {
      double gradient = gradients.get(from, row, column);
      double share = gradient / windows.divisor(row, column, divisor);
      int left = windows.columns.start(column);
      int right = windows.columns.end(column);
      for (int y = windows.rows.start(row); y < bottom; y++) {
        for (int x = left; x < right; x++) {
          sums.add(y * results.columns + x, share);
        }
      }
    }
  }
}
