package dev.gatun.bench.gpu;

import dev.gatun.kernels.cuda.Cuda;
import dev.gatun.memory.Device;

/**
 * Times calls whose work is done on a device: the clock is read when nothing is left to do there,
 * before many calls and after them.
 */
final class DeviceClock {

  private static final double NANOS = 1e-9;
  private static final double BATCH_SECONDS = 0.02;
  private static final double WARM_UP_SECONDS = 0.5;
  private static final int LEAST_WARM_UP_CALLS = 3;
  private static final int MOST_CALLS = 10_000;

  private final Device device;
  private final Runnable call;
  private int callsPerBatch = 1;

  DeviceClock(Device device, Runnable call) {
    this.device = device;
    this.call = call;
  }

  /** Calls until kernels are compiled and memory is pooled, and settles how often a batch calls. */
  void warmUp() {
    double total = 0;
    double fastest = Double.POSITIVE_INFINITY;
    for (int i = 0; i < LEAST_WARM_UP_CALLS || total < WARM_UP_SECONDS; i++) {
      double seconds = batch();
      fastest = Math.min(fastest, seconds);
      total += seconds;
    }
    callsPerBatch = (int) Math.clamp(BATCH_SECONDS / fastest, 1, MOST_CALLS);
  }

  /** Returns the seconds of a call, the mean over a batch of them. */
  double batch() {
    Cuda.synchronize(device);
    long begin = System.nanoTime();
    for (int i = 0; i < callsPerBatch; i++) {
      call.run();
    }
    Cuda.synchronize(device);
    return (System.nanoTime() - begin) * NANOS / callsPerBatch;
  }
}
