package dev.gatun.bench.gemm;

import dev.gatun.bench.fork.ForkedJvm;
import java.io.IOException;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;

/** Starts the forks of a run and collects what they report. */
final class GemmLauncher {

  private final GemmPlan plan;

  /**
   * Prepares a run.
   *
   * @param plan what to measure; its peers are known to load
   */
  GemmLauncher(GemmPlan plan) {
    this.plan = plan;
  }

  /**
   * Runs one fork to its end.
   *
   * @param threads its thread setting
   * @param figures takes what it reports
   * @param progress told the number of finished cases after each
   * @throws IOException when the process cannot be started, or ends in failure
   * @throws InterruptedException when this thread is interrupted; the fork is ended
   */
  void run(int threads, GemmFigures figures, IntConsumer progress)
      throws IOException, InterruptedException {
    var arguments =
        List.of(
            "--threads=" + threads,
            "--dtype=" + joined(plan.dtypes()),
            "--sizes=" + joined(plan.sizes()),
            "--peers=" + joined(plan.peers()),
            "--slice-seconds=" + plan.sliceSeconds());
    var finished = new int[1];
    new ForkedJvm(GemmFork.class, threads)
        .run(
            arguments,
            line -> {
              if (figures.accept(line, threads)) {
                progress.accept(++finished[0]);
              }
            });
  }

  private static String joined(List<?> values) {
    return values.stream().map(String::valueOf).collect(Collectors.joining(","));
  }
}
