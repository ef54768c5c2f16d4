package dev.gatun.kernels.pooling;

/** Computes a result for each window, row by row. */
abstract class ForwardTask extends PoolingTask {
  final Planes results = new Planes();

  @Override
  public final void run(long from, long to) {
    for (long plane = from; plane < to; plane++) {
      for (int row = 0; row < results.rows; row++) {
        computeRow(plane, row);
      }
    }
  }

  /** Computes a row of results. */
  abstract void computeRow(long plane, int row);

  @Override
  void clear() {
    results.clear();
  }
}
