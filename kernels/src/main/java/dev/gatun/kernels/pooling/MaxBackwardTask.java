package dev.gatun.kernels.pooling;

import dev.gatun.kernels.scratch.ScratchPool;
import dev.gatun.memory.StridedArray;

/** Adds gradients to where the largest elements of windows lie. */
final class MaxBackwardTask extends BackwardTask {
  private final MaxSearch search = new MaxSearch();

  MaxBackwardTask(ScratchPool<PlaneSums> sumsPool) {
    super(sumsPool);
  }

  void set(
      StridedArray inputGradient,
      StridedArray outputGradient,
      StridedArray input,
      PoolingGeometry geometry) {
    results.set(inputGradient);
    gradients.set(outputGradient);
    search.set(input, outputGradient, geometry);
  }

  @Override
  void spreadRow(PlaneSums sums, long plane, int row) {
    long image = search.images.plane(plane);
    long from = gradients.plane(plane);
    for (int column = 0; column < gradients.columns; column++) {
      long found = search.find(image, row, column);
      if (found >= 0) {
        sums.add(found, gradients.get(from, row, column));
      }
    }
  }

  @Override
  void clear() {
    super.clear();
    search.images.clear();
  }
}
