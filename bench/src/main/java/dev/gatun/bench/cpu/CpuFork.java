package dev.gatun.bench.cpu;

import dev.gatun.bench.cases.CpuCases;
import dev.gatun.bench.contest.BenchmarkCase;
import dev.gatun.bench.contest.Contest;
import dev.gatun.bench.contest.ContestOutput;
import dev.gatun.bench.contest.ContestPlan;
import dev.gatun.bench.peers.Gatun;
import dev.gatun.bench.peers.Peer;
import dev.gatun.bench.peers.PeerLookup;
import dev.gatun.bench.peers.Peers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The program that a fork runs; started by {@link CpuRun}, not by people. */
@Command(name = "cpu-fork")
public final class CpuFork implements Callable<Integer> {

  @Option(names = "--family", required = true)
  private String family = "";

  @Option(names = "--only", required = true)
  private Pattern only = Pattern.compile("");

  @Option(names = "--peers", split = ",", required = true)
  private List<String> peers = List.of();

  @Option(names = "--threads", required = true)
  private int threads;

  @Option(names = "--quick")
  private boolean quick;

  private CpuFork() {}

  /**
   * Measures the cases of one family and ends the process.
   *
   * @param arguments as {@link CpuRun} gives them
   */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new CpuFork()).execute(arguments));
  }

  @Override
  public Integer call() {
    var output = new ContestOutput(System.out);
    var loaded = new ArrayList<Peer>();
    var cases = cases();
    for (var lookup : Peers.load(peersOf(cases))) {
      switch (lookup) {
        case PeerLookup.Loaded(Peer peer) -> loaded.add(peer);
        case PeerLookup.Missing(String name, String reason) -> output.missing(name, reason);
      }
    }
    if (peers.contains(Peers.GATUN)) {
      loaded.addFirst(new Gatun());
    }
    for (var peer : loaded) {
      peer.setThreads(threads);
      output.contestant(peer.name(), peer.description());
    }
    var plan = quick ? ContestPlan.QUICK : ContestPlan.THOROUGH;
    try (var contest = new Contest(loaded, threads, plan, output)) {
      cases.forEach(contest::run);
    }
    loaded.forEach(Peer::close);
    return 0;
  }

  private List<BenchmarkCase> cases() {
    return CpuCases.families().stream()
        .filter(candidate -> candidate.name().equals(family))
        .flatMap(found -> found.cases().stream())
        .filter(benchmark -> only.matcher(benchmark.name()).find())
        .toList();
  }

  /** Loading a library takes seconds, and those that do not take part are not loaded. */
  private List<String> peersOf(List<BenchmarkCase> cases) {
    var taking =
        cases.stream()
            .flatMap(benchmark -> benchmark.entrants().stream())
            .map(entrant -> Peers.nameOf(entrant.type()))
            .collect(Collectors.toSet());
    return peers.stream().filter(Peers.NAMES::contains).filter(taking::contains).toList();
  }
}
