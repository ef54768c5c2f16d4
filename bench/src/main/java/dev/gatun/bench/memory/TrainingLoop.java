package dev.gatun.bench.memory;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.autograd.plan.Plan;
import dev.gatun.memory.MemoryObserver;
import dev.gatun.memory.MemoryPool;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Storage;
import dev.gatun.memory.StridedArray;
import dev.gatun.nn.Linear;
import dev.gatun.nn.optim.SGD;
import dev.gatun.nn.optim.SGDOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * Fits a network of two small layers, a step at a time: forward, backward, optimizer. The program
 * of the forked JVM.
 */
final class TrainingLoop {

  /** Starts each line of output. */
  static final String MARK = "@gatun-memory";

  private static final int BATCH = 8;
  private static final int INPUTS = 4;
  private static final int HIDDEN = 16;

  private TrainingLoop() {}

  /** How a step is done: written out each time, or captured once as a plan. */
  enum Way {
    /** Written out. */
    EAGER,

    /** A plan. */
    PLANNED
  }

  /** Counts what this thread takes from the pool. */
  private static final class Takings implements MemoryObserver {
    private long count;

    @Override
    public void allocated(Storage storage) {
      count++;
    }

    @Override
    public void handedOut(String operation, StridedArray array) {}
  }

  /**
   * Trains, and writes steps, resident bytes, bytes the pool reserved, how often it asked the
   * operating system, how often it was asked for memory, and the bytes allocated on the heap, at
   * the numbers of steps given.
   *
   * @param arguments the way; steps of the loop that is run first and not counted; then the numbers
   *     of steps at which to write a line, rising
   * @throws IOException when resident memory cannot be read
   */
  public static void main(String[] arguments) throws IOException {
    var way = Way.valueOf(arguments[0]);
    var numbers = Arrays.stream(arguments).skip(1).map(Integer::valueOf).toList();
    train(way, numbers.subList(0, 1), false);
    train(way, numbers.subList(1, numbers.size()), true);
  }

  private static void train(Way way, List<Integer> stops, boolean counted) throws IOException {
    Gatun.manualSeed(1);
    try (var inputs = Gatun.randn(BATCH, INPUTS);
        var targets = Gatun.randn(BATCH, 1);
        var first = new Linear(INPUTS, HIDDEN);
        var second = new Linear(HIDDEN, 1)) {
      var parameters = new ArrayList<>(first.parameters());
      parameters.addAll(second.parameters());
      var options = SGDOptions.of(1e-3).withMomentum(0.9);
      try (var optimizer = new SGD(parameters, options)) {
        Supplier<Tensor> step =
            () -> {
              optimizer.zeroGrad();
              var difference = second.forward(first.forward(inputs).relu()).sub(targets);
              var loss = difference.mul(difference).mean();
              loss.backward();
              optimizer.step();
              return loss;
            };
        switch (way) {
          case EAGER ->
              loop(
                  () -> {
                    try (var _ = Scope.open()) {
                      var _ = step.get();
                    }
                  },
                  stops,
                  counted);
          case PLANNED -> {
            try (var plan = Plan.capture(step)) {
              plan.warmUp();
              loop(plan::replay, stops, counted);
            }
          }
        }
      }
    }
  }

  private static void loop(Runnable step, List<Integer> stops, boolean counted) throws IOException {
    var takings = new Takings();
    try (var _ = MemoryObserver.observe(takings)) {
      int done = 0;
      long heapBytes = 0;
      for (int stop : stops) {
        long before = HeapAllocation.bytesOfThisThread();
        for (; done < stop; done++) {
          step.run();
        }
        heapBytes += HeapAllocation.bytesOfThisThread() - before;
        if (counted) {
          write(done, takings.count, heapBytes);
        }
      }
    }
  }

  private static void write(int step, long takings, long heapBytes) throws IOException {
    System.gc();
    var pool = MemoryPool.shared().statistics();
    System.out.println(
        String.join(
            "\t",
            MARK,
            Integer.toString(step),
            Long.toString(ResidentMemory.bytes()),
            Long.toString(pool.reservedBytes()),
            Long.toString(pool.systemAllocations()),
            Long.toString(takings),
            Long.toString(heapBytes)));
    System.out.flush();
  }
}
