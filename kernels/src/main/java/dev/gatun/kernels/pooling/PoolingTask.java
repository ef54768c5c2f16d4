package dev.gatun.kernels.pooling;

import dev.gatun.kernels.RangeTask;

/** What a call computes for a range of planes. Reused from call to call. */
abstract class PoolingTask implements RangeTask {
  /** Lets go of the arrays of the call. */
  abstract void clear();
}
