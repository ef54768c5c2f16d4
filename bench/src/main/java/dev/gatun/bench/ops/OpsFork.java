package dev.gatun.bench.ops;

import dev.gatun.autograd.Op;
import dev.gatun.bench.parity.Referee;
import dev.gatun.bench.peers.Gatun;
import dev.gatun.bench.peers.PeerLookup;
import dev.gatun.bench.peers.Peers;
import dev.gatun.bench.peers.libtorch.LibTorch;
import dev.gatun.memory.DType;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The program that a fork runs; started by {@link OpsRun}, not by people. */
@Command(name = "ops-fork")
public final class OpsFork implements Callable<Integer> {

  /** Starts a line that names the operation whose calls come next. */
  static final String BEGUN = "@gatun-ops-begun\t";

  @Option(names = "--ops", split = ",", required = true)
  private List<String> names = List.of();

  @Option(names = "--draws", required = true)
  private int draws;

  @Option(names = "--dtype", required = true)
  private DType dtype = DType.FLOAT32;

  @Option(names = "--threads", required = true)
  private int threads;

  @Option(names = "--gradients")
  private boolean withGradients;

  private OpsFork() {}

  /**
   * Times operations and ends the process.
   *
   * @param arguments as {@link OpsRun} gives them
   */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new OpsFork()).execute(arguments));
  }

  @Override
  public Integer call() {
    var library =
        (LibTorch) ((PeerLookup.Loaded) Peers.load(List.of(LibTorch.NAME)).getFirst()).peer();
    library.setThreads(threads);
    new Gatun().setThreads(threads);
    try (var referee = new Referee(library)) {
      var timer = new OpTimer(referee, dtype, withGradients);
      OpsCommand.operations().stream()
          .filter(op -> names.contains(op.name()))
          .forEach(op -> time(timer, op));
    }
    return 0;
  }

  private void time(OpTimer timer, Op op) {
    System.out.println(BEGUN + op.name());
    System.out.flush();
    timer.time(op, draws).forEach(row -> System.out.println(row.line()));
    System.out.flush();
  }
}
