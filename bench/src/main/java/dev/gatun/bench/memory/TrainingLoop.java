package dev.gatun.bench.memory;

import dev.gatun.autograd.Gatun;
import dev.gatun.memory.MemoryPool;
import dev.gatun.memory.Scope;
import dev.gatun.nn.Linear;
import dev.gatun.nn.optim.SGD;
import dev.gatun.nn.optim.SGDOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

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

  /**
   * Trains, and writes steps, resident bytes, bytes the pool reserved and how often it asked the
   * operating system, at the numbers of steps given.
   *
   * @param arguments steps of the loop that is run first and not counted; then the numbers of steps
   *     at which to write a line, rising
   * @throws IOException when resident memory cannot be read
   */
  public static void main(String[] arguments) throws IOException {
    var numbers = Arrays.stream(arguments).map(Integer::valueOf).toList();
    train(numbers.subList(0, 1), false);
    train(numbers.subList(1, numbers.size()), true);
  }

  private static void train(List<Integer> stops, boolean counted) throws IOException {
    Gatun.manualSeed(1);
    try (var inputs = Gatun.randn(BATCH, INPUTS);
        var targets = Gatun.randn(BATCH, 1);
        var first = new Linear(INPUTS, HIDDEN);
        var second = new Linear(HIDDEN, 1)) {
      var parameters = new ArrayList<>(first.parameters());
      parameters.addAll(second.parameters());
      var options = SGDOptions.of(1e-3).withMomentum(0.9);
      try (var optimizer = new SGD(parameters, options)) {
        int step = 0;
        for (int stop : stops) {
          for (; step < stop; step++) {
            try (var _ = Scope.open()) {
              optimizer.zeroGrad();
              var difference = second.forward(first.forward(inputs).relu()).sub(targets);
              difference.mul(difference).mean().backward();
              optimizer.step();
            }
          }
          if (counted) {
            write(step);
          }
        }
      }
    }
  }

  private static void write(int step) throws IOException {
    System.gc();
    var pool = MemoryPool.shared().statistics();
    System.out.println(
        String.join(
            "\t",
            MARK,
            Integer.toString(step),
            Long.toString(ResidentMemory.bytes()),
            Long.toString(pool.reservedBytes()),
            Long.toString(pool.systemAllocations())));
    System.out.flush();
  }
}
