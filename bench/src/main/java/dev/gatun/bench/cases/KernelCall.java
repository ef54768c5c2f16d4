package dev.gatun.bench.cases;

import dev.gatun.bench.contest.Call;
import dev.gatun.bench.contest.HostArray;
import dev.gatun.kernels.gemm.MatmulKernels;

/**
 * A product by Gatun's kernels.
 *
 * @param kernels whose
 * @param work the product
 * @param out where its result goes
 */
record KernelCall(MatmulKernels kernels, Runnable work, HostArray out) implements Call {

  @Override
  public void run() {
    work.run();
  }

  @Override
  public double[] result() {
    return out.toDoubles();
  }

  @Override
  public boolean hasWarmUp() {
    return true;
  }

  @Override
  public void warmUp() {
    kernels.warmUp();
  }
}
