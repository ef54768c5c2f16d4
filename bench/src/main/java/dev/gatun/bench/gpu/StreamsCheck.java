package dev.gatun.bench.gpu;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.kernels.cuda.Cuda;
import dev.gatun.kernels.cuda.DeviceStream;
import dev.gatun.kernels.random.Generator;
import dev.gatun.memory.DType;
import dev.gatun.memory.Device;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Two threads compute at the same time, each in a stream of its own and through one pool of memory,
 * and get to the bit what one gets alone; and a stream that waits for another sees what that did.
 */
final class StreamsCheck implements DeviceCheck {

  private static final int THREADS = 2;
  private static final int SIZE = 64;

  private final int rounds;

  /**
   * Makes the check.
   *
   * @param rounds how many steps each thread does
   */
  StreamsCheck(int rounds) {
    this.rounds = rounds;
  }

  @Override
  public String name() {
    return "streams";
  }

  @Override
  public CheckOutcome run(Device device) throws InterruptedException, ExecutionException {
    long before = Cuda.memory(device).inUseBytes();
    var faults = new ArrayList<String>();
    var expected = new ArrayList<float[]>();
    for (int thread = 0; thread < THREADS; thread++) {
      expected.add(compute(device, thread));
    }
    try (var threads = Executors.newFixedThreadPool(THREADS)) {
      var results = new ArrayList<Future<float[]>>();
      for (int thread = 0; thread < THREADS; thread++) {
        int seed = thread;
        results.add(threads.submit(() -> computeInStream(device, seed)));
      }
      for (int thread = 0; thread < THREADS; thread++) {
        if (!Arrays.equals(expected.get(thread), results.get(thread).get())) {
          faults.add("thread " + thread + ": other results beside another thread than alone");
        }
      }
    }
    checkWaiting(device, faults);
    long left = Cuda.memory(device).inUseBytes() - before;
    if (left != 0) {
      faults.add("everything is closed, and " + left + " bytes are still in use");
    }
    return CheckOutcome.of(Map.of("rounds", rounds), faults);
  }

  private float[] computeInStream(Device device, int seed) {
    try (var stream = DeviceStream.create(device);
        var _ = stream.use()) {
      return compute(device, seed);
    }
  }

  /** Steps that take and give back memory all the time, each made of the one before. */
  private float[] compute(Device device, int seed) {
    try (var _ = Scope.open()) {
      var generator = new Generator(seed);
      var shape = Shape.of(SIZE, SIZE);
      var weights = Gatun.randn(DType.FLOAT32, shape, generator).div(Math.sqrt(SIZE)).to(device);
      var state = Gatun.randn(DType.FLOAT32, shape, generator).to(device);
      for (int round = 0; round < rounds; round++) {
        try (var _ = Scope.open()) {
          state.copy_(state.matmul(weights).tanh().add(state.softmax(1)));
        }
      }
      return state.toFloatArray();
    }
  }

  private void checkWaiting(Device device, List<String> faults) {
    try (var _ = Scope.open();
        var first = DeviceStream.create(device);
        var second = DeviceStream.create(device)) {
      Tensor counter = Gatun.zeros(SIZE).to(device);
      Cuda.synchronize(device);
      for (int round = 0; round < rounds; round++) {
        addOneIn(first, counter);
        second.waitFor(first);
        addOneIn(second, counter);
        first.waitFor(second);
      }
      second.synchronize();
      first.synchronize();
      double reached = counter.max().item();
      if (reached != 2.0 * rounds || counter.min().item() != reached) {
        faults.add("two streams in turn count to " + reached + ", not to " + 2 * rounds);
      }
    }
  }

  private static void addOneIn(DeviceStream stream, Tensor counter) {
    try (var _ = stream.use()) {
      counter.add_(1);
    }
  }
}
