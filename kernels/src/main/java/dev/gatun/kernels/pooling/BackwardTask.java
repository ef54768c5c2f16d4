package dev.gatun.kernels.pooling;

import dev.gatun.kernels.scratch.ScratchPool;

/** Adds the gradients of windows to the places they come from, row by row. */
abstract class BackwardTask extends PoolingTask {
  final Planes results = new Planes();
  final Planes gradients = new Planes();
  private final ScratchPool<PlaneSums> sumsPool;

  BackwardTask(ScratchPool<PlaneSums> sumsPool) {
    this.sumsPool = sumsPool;
  }

  @Override
  public final void run(long from, long to) {
    var sums = sumsPool.take();
    for (long plane = from; plane < to; plane++) {
      sums.begin(results);
      for (int row = 0; row < gradients.rows; row++) {
        spreadRow(sums, plane, row);
      }
      sums.store(results, results.plane(plane));
    }
    sumsPool.giveBack(sums);
  }

  /** Adds a row of gradients. */
  abstract void spreadRow(PlaneSums sums, long plane, int row);

  @Override
  void clear() {
    results.clear();
    gradients.clear();
  }
}
