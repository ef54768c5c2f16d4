package dev.gatun.bench.cpu;

import dev.gatun.bench.cases.Family;
import dev.gatun.bench.contest.BenchmarkCase;
import dev.gatun.bench.contest.ContestFigures;
import dev.gatun.bench.fork.ForkFailedException;
import dev.gatun.bench.fork.ForkedJvm;
import dev.gatun.bench.peers.Peers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Starts the forks of a run, one after the other, and collects what they report. */
final class CpuRun {

  private final List<Family> families;
  private final CaseFilter filter;
  private final List<String> peers;
  private final int threads;
  private final boolean quick;
  private final ContestFigures figures = new ContestFigures();

  /**
   * Prepares a run.
   *
   * @param families what there is to measure
   * @param filter which of it
   * @param peers who takes part; all are known to load
   * @param threads how many threads may be used
   * @param quick whether a look is enough
   */
  CpuRun(List<Family> families, CaseFilter filter, List<String> peers, int threads, boolean quick) {
    this.families = families;
    this.filter = filter;
    this.peers = peers;
    this.threads = threads;
    this.quick = quick;
  }

  ContestFigures figures() {
    return figures;
  }

  /** Measures every family in a JVM of its own. */
  void fork(Consumer<String> progress) throws IOException, InterruptedException {
    for (var family : families) {
      var cases = filter.casesOf(family);
      if (!cases.isEmpty()) {
        long started = System.nanoTime();
        fork(family, cases);
        progress.accept(
            "%s: %d cases in %.0f s"
                .formatted(family.name(), cases.size(), 1e-9 * (System.nanoTime() - started)));
      }
    }
  }

  private void fork(Family family, List<BenchmarkCase> cases)
      throws IOException, InterruptedException {
    var arguments = new ArrayList<String>();
    arguments.add("--family=" + family.name());
    arguments.add("--only=" + filter.expressionFor(family));
    arguments.add("--peers=" + String.join(",", peers));
    arguments.add("--threads=" + threads);
    if (quick) {
      arguments.add("--quick");
    }
    var finished = new int[1];
    try {
      new ForkedJvm(CpuFork.class, threads, ForkedJvm.TOUCHED_HEAP)
          .run(
              arguments,
              line -> {
                if (figures.accept(line)) {
                  finished[0]++;
                }
              });
    } catch (ForkFailedException failure) {
      for (var benchmark : cases.subList(finished[0], cases.size())) {
        figures.trouble(benchmark.name(), "fork: " + failure.getMessage());
      }
    }
  }

  /** The rows of the report. */
  List<Row> rows() {
    var rows = new ArrayList<Row>();
    for (var family : families) {
      for (var benchmark : filter.casesOf(family)) {
        rows.add(row(family, benchmark));
      }
    }
    return rows;
  }

  private Row row(Family family, BenchmarkCase benchmark) {
    var name = benchmark.name();
    var work = benchmark.work();
    var troubles = new ArrayList<>(figures.troubles(name));
    if (benchmark.missing() != null) {
      troubles.add(Peers.GATUN + ": " + benchmark.missing());
    }
    return new Row(
        family.name(),
        name,
        benchmark.target(),
        figures.times(name),
        work.flops() == 0 ? 0 : work.flops() / figures.flopsPerSecond(name),
        work.bytes() == 0 ? 0 : work.bytes() / figures.bytesPerSecond(name),
        troubles);
  }

  /** Who takes part, in the order of the columns. */
  Map<String, String> contestants() {
    var ordered = new LinkedHashMap<String, String>();
    for (var peer : peers) {
      var description = figures.contestants().get(peer);
      if (description != null) {
        ordered.put(peer, description);
      }
    }
    return ordered;
  }
}
