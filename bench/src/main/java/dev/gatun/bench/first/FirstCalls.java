package dev.gatun.bench.first;

import dev.gatun.bench.fork.ForkFailedException;
import dev.gatun.bench.fork.ForkedJvm;
import dev.gatun.bench.peers.Peers;
import dev.gatun.bench.peers.libtorch.LibTorch;
import dev.gatun.bench.timing.Averages;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToIntBiFunction;

/** Measures the first calls of some cases, each in JVMs of its own. */
public final class FirstCalls {

  /** A product, and a model's answers and steps of training as they are and as plans. */
  private static final List<String> CASES =
      List.of(
          "SGEMM NN 512, all threads",
          "MLP inference, batch 1, eager",
          "MLP inference, batch 1, plan",
          "MLP SGD step, batch 64, eager",
          "MLP SGD step, batch 64, plan");

  private final ToIntBiFunction<String, String> threads;
  private final int forks;

  /**
   * Prepares the measurement.
   *
   * @param threads tells how many threads a contestant uses for a case, given their names
   * @param forks fresh JVMs for each figure
   */
  public FirstCalls(ToIntBiFunction<String, String> threads, int forks) {
    this.threads = threads;
    this.forks = forks;
  }

  /**
   * Measures Gatun cold and, where it can be, warmed up, and libtorch, which has nothing to warm
   * up.
   *
   * @param peers names of those that take part
   * @param troubles told what could not be measured, and why
   * @return medians over forks
   * @throws IOException when no process can be started
   * @throws InterruptedException when this thread is interrupted
   */
  public List<FirstCall> measure(List<String> peers, Consumer<String> troubles)
      throws IOException, InterruptedException {
    var measured = new ArrayList<FirstCall>();
    for (var name : CASES) {
      if (peers.contains(Peers.GATUN)) {
        measure(name, Peers.GATUN, false, measured, troubles);
        measure(name, Peers.GATUN, true, measured, troubles);
      }
      if (peers.contains(LibTorch.NAME)) {
        measure(name, LibTorch.NAME, false, measured, troubles);
      }
    }
    return measured;
  }

  private void measure(
      String name, String peer, boolean warmUp, List<FirstCall> measured, Consumer<String> troubles)
      throws IOException, InterruptedException {
    int count = threads.applyAsInt(name, peer);
    var arguments =
        new ArrayList<>(List.of("--case=" + name, "--peer=" + peer, "--threads=" + count));
    if (warmUp) {
      arguments.add("--warm-up");
    }
    var lines = new ArrayList<String>();
    try {
      for (int fork = 0; fork < forks; fork++) {
        new ForkedJvm(FirstCallFork.class, count)
            .run(
                arguments,
                line -> {
                  if (line.startsWith(FirstCallFork.MARK)) {
                    lines.add(line);
                  }
                });
      }
      if (!lines.isEmpty()) {
        measured.add(
            new FirstCall(
                name,
                peer,
                warmUp,
                median(lines, 1),
                median(lines, 2),
                median(lines, 3),
                median(lines, 4)));
      }
    } catch (ForkFailedException failure) {
      troubles.accept(name + ", " + peer + ": " + failure.getMessage());
    }
  }

  private static double median(List<String> lines, int field) {
    return Averages.median(
        lines.stream().map(line -> Double.valueOf(line.split("\t", -1)[field])).toList());
  }
}
