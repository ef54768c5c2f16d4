package dev.gatun.bench.gemm;

import dev.gatun.bench.peers.Gatun;
import dev.gatun.bench.peers.Peer;
import dev.gatun.bench.peers.PeerLookup;
import dev.gatun.bench.peers.Peers;
import dev.gatun.memory.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The program that a fork runs; started by {@link GemmLauncher}, not by people. */
@Command(name = "gemm-fork")
public final class GemmFork implements Callable<Integer> {

  @Option(names = "--threads", required = true)
  private int threads;

  @Option(names = "--sizes", split = ",", required = true)
  private List<Integer> sizes = List.of();

  @Option(names = "--dtype", split = ",", required = true)
  private List<DType> dtypes = List.of();

  @Option(names = "--peers", split = ",", required = true)
  private List<String> peers = List.of();

  @Option(names = "--slice-seconds", required = true)
  private double sliceSeconds;

  private GemmFork() {}

  /**
   * Measures one thread setting and ends the process.
   *
   * @param arguments as {@link GemmLauncher} gives them
   */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new GemmFork()).execute(arguments));
  }

  @Override
  public Integer call() {
    var output = new ForkOutput(System.out);
    var contestants = new ArrayList<Peer>();
    contestants.add(new Gatun());
    for (var lookup : Peers.load(peers.stream().filter(Peers.NAMES::contains).toList())) {
      switch (lookup) {
        case PeerLookup.Loaded(Peer peer) -> contestants.add(peer);
        case PeerLookup.Missing(String name, String reason) -> output.missing(name, reason);
      }
    }
    for (var contestant : contestants) {
      contestant.setThreads(threads);
      output.contestant(contestant.name(), contestant.description());
    }
    var plan = new GemmPlan(dtypes, List.of(threads), sizes, peers, 1, 1);
    new GemmContest(contestants, threads, sliceSeconds, output).run(plan.cases());
    contestants.forEach(Peer::close);
    return 0;
  }
}
