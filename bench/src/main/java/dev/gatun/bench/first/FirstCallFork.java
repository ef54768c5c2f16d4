package dev.gatun.bench.first;

import dev.gatun.bench.cases.CpuCases;
import dev.gatun.bench.contest.Call;
import dev.gatun.bench.contest.Operands;
import dev.gatun.bench.peers.Gatun;
import dev.gatun.bench.peers.Peer;
import dev.gatun.bench.peers.PeerLookup;
import dev.gatun.bench.peers.Peers;
import dev.gatun.bench.timing.CompilerThreads;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The program of the fresh JVM; started by {@link FirstCalls}, not by people. */
@Command(name = "first-call-fork")
public final class FirstCallFork implements Callable<Integer> {

  /** Starts the line with the result. */
  static final String MARK = "@gatun-first";

  /** Full speed is reached when the compiler has had nothing to do so many times in a row. */
  private static final int IDLE_LOOKS = 12;

  private static final long NANOS_BETWEEN_LOOKS = 40_000_000L;

  private static final long MOST_NANOS = 20_000_000_000L;
  private static final double NANOS_PER_MILLI = 1e6;

  @Option(names = "--case", required = true)
  private String name = "";

  @Option(names = "--peer", required = true)
  private String peerName = "";

  @Option(names = "--threads", required = true)
  private int threads;

  @Option(names = "--warm-up")
  private boolean warmUp;

  private FirstCallFork() {}

  /**
   * Measures the first calls of one contestant and ends the process.
   *
   * @param arguments as {@link FirstCalls} gives them
   */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new FirstCallFork()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    var benchmark = CpuCases.named(name);
    var peer = peer();
    peer.setThreads(threads);
    try (var operands = new Operands(benchmark.inputs())) {
      long started = System.nanoTime();
      var prepared = benchmark.prepare(peer, operands);
      long prepareNanos = System.nanoTime() - started;
      if (!warmUp || prepared.hasWarmUp()) {
        prepared.enter();
        print(prepared, prepareNanos);
        prepared.leave();
      }
    }
    return 0;
  }

  private Peer peer() {
    if (peerName.equals(Peers.GATUN)) {
      return new Gatun();
    }
    return switch (Peers.load(List.of(peerName)).getFirst()) {
      case PeerLookup.Loaded(Peer peer) -> peer;
      case PeerLookup.Missing(String missing, String reason) ->
          throw new IllegalStateException(missing + ": " + reason);
    };
  }

  private void print(Call prepared, long prepareNanos) {
    long started = System.nanoTime();
    if (warmUp) {
      prepared.warmUp();
    }
    long warmedUp = System.nanoTime();
    var log = callUntilSteady(prepared);
    System.out.println(
        String.join(
            "\t",
            MARK,
            millis(prepareNanos),
            millis(warmedUp - started),
            millis(log.firstNanos()),
            millis(log.steadyNanos())));
    System.out.flush();
  }

  private static CallLog callUntilSteady(Call prepared) {
    var log = new CallLog();
    long started = System.nanoTime();
    long looked = started;
    long now = started;
    int idle = 0;
    while (!log.isFull() && idle < IDLE_LOOKS && now - started < MOST_NANOS) {
      prepared.run();
      long after = System.nanoTime();
      log.add(after - now);
      now = after;
      if (now - looked > NANOS_BETWEEN_LOOKS) {
        idle = CompilerThreads.areIdle() ? idle + 1 : 0;
        now = System.nanoTime();
        looked = now;
      }
    }
    return log;
  }

  private static String millis(long nanos) {
    return Double.toString(nanos / NANOS_PER_MILLI);
  }
}
