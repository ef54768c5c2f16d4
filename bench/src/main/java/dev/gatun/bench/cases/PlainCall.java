package dev.gatun.bench.cases;

import dev.gatun.bench.contest.Call;
import dev.gatun.bench.contest.HostArray;

/**
 * Work that needs no mode around it and writes its result to an array off the heap.
 *
 * @param work the work
 * @param out where its result goes
 */
record PlainCall(Runnable work, HostArray out) implements Call {

  @Override
  public void run() {
    work.run();
  }

  @Override
  public double[] result() {
    return out.toDoubles();
  }
}
