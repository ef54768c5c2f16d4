package dev.gatun.bench.contest;

import dev.gatun.bench.fork.ForkedJvm;
import dev.gatun.bench.machine.MachineLimits;
import dev.gatun.bench.peers.Gatun;
import dev.gatun.bench.peers.Peer;
import dev.gatun.bench.timing.Averages;
import dev.gatun.bench.timing.SliceTimer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Measures cases in this process and reports each as it is done. */
public final class Contest implements AutoCloseable {

  /** Longer than idle threads spin in the environment that {@link ForkedJvm} sets. */
  private static final long PAUSE_MILLIS = ForkedJvm.LONGEST_SPIN_MILLIS + 5;

  /** Of one peer's ways, those slower than the best by more than this are not timed. */
  private static final double CLEARLY_SLOWER = 2.5;

  /** A contender this much slower than the fastest is given its fastest call of the warm-up. */
  private static final double HOPELESS = 3;

  /** A call this long is not repeated to warm up, and gains from all threads if it ever will. */
  private static final long LONG_NANOS = 300_000_000L;

  /** Compiling is a small part of a first call as long as this. */
  private static final long VERY_LONG_NANOS = 1_000_000_000L;

  private final List<Peer> peers;
  private final int threads;
  private final ContestPlan plan;
  private final ContestOutput output;
  private final MachineLimits limits = new MachineLimits();
  private final SliceTimer timer;

  /** Those that cannot become the best peer any more. */
  private final Set<Peer> outclassed = new HashSet<>();

  /**
   * Prepares a contest.
   *
   * @param peers those loaded, Gatun among them
   * @param threads how many threads may be used where a case does not ask for one
   * @param plan how thoroughly to measure
   * @param output takes the figures
   */
  public Contest(List<Peer> peers, int threads, ContestPlan plan, ContestOutput output) {
    this(peers, threads, plan, output, new SliceTimer());
  }

  /** As the other one; {@code timer} tells how long calls take. */
  Contest(List<Peer> peers, int threads, ContestPlan plan, ContestOutput output, SliceTimer timer) {
    this.peers = List.copyOf(peers);
    this.threads = threads;
    this.plan = plan;
    this.output = output;
    this.timer = timer;
  }

  /**
   * Measures a case. What goes wrong is reported, not thrown.
   *
   * @param benchmark the case
   */
  public void run(BenchmarkCase benchmark) {
    try (var operands = new Operands(benchmark.inputs())) {
      var warm = warmUp(prepare(benchmark, operands));
      var contenders = keepTheBetterWays(warm);
      noteTheOutclassed(warm);
      time(benchmark, contenders);
      var gatun =
          contenders.stream()
              .filter(contender -> contender.peer() instanceof Gatun)
              .findFirst()
              .orElse(null);
      for (var contender : contenders) {
        output.time(benchmark.name(), contender.time(gatun));
      }
    } catch (Exception failure) {
      output.trouble(benchmark.name(), "contest", String.valueOf(failure));
    }
    output.finished(benchmark.name());
  }

  /** Has everybody compute once and compares the results. */
  private List<Contender> prepare(BenchmarkCase benchmark, Operands operands) {
    var contenders = new ArrayList<Contender>();
    double @Nullable [] reference = null;
    boolean othersRemain = someRemain(benchmark);
    for (var entrant : benchmark.entrants()) {
      var peer = peerFor(entrant);
      if (peer == null || othersRemain && outclassed.contains(peer)) {
        continue;
      }
      for (int count : threadSettings(benchmark, peer)) {
        try {
          peer.setThreads(count);
          var contender =
              new Contender(peer, entrant.variant(), count, entrant.prepare(peer, operands));
          var result = contender.compute(timer);
          reference = reference == null ? result : reference;
          compare(benchmark, contender, Difference.relative(result, reference));
          contenders.add(contender);
          if (isLong(contender) && contender.fastestNanos() < VERY_LONG_NANOS) {
            contender.compute(timer);
          }
          if (isLong(contender)) {
            break;
          }
        } catch (Exception failure) {
          output.trouble(benchmark.name(), peer.name(), String.valueOf(failure));
        }
      }
    }
    return contenders;
  }

  /** Whether Gatun has somebody to be compared with when the outclassed are left out. */
  private boolean someRemain(BenchmarkCase benchmark) {
    return benchmark.entrants().stream()
        .map(this::peerFor)
        .anyMatch(peer -> peer != null && !(peer instanceof Gatun) && !outclassed.contains(peer));
  }

  private void compare(BenchmarkCase benchmark, Contender contender, double difference) {
    contender.setDifference(difference);
    if (!(difference <= benchmark.tolerance())) {
      output.trouble(
          benchmark.name(),
          contender.peer().name(),
          "its result differs by %.1e; %.1e would do".formatted(difference, benchmark.tolerance()));
    }
  }

  private @Nullable Peer peerFor(Entrant<?> entrant) {
    return peers.stream().filter(entrant.type()::isInstance).findFirst().orElse(null);
  }

  private List<Integer> threadSettings(BenchmarkCase benchmark, Peer peer) {
    if (benchmark.isOneThread() || threads == 1) {
      return List.of(1);
    }
    return peer instanceof Gatun ? List.of(threads) : List.of(threads, 1);
  }

  /** Asked after a second call, too: first ones are no measure of what is compiled meanwhile. */
  private static boolean isLong(Contender contender) {
    return contender.fastestNanos() > LONG_NANOS && !(contender.peer() instanceof Gatun);
  }

  private List<Contender> warmUp(List<Contender> contenders) {
    for (var contender : contenders) {
      if (!isLong(contender)) {
        contender.warmUp(timer, plan);
        pauseAfter(contender);
      }
    }
    return contenders;
  }

  private static List<Contender> keepTheBetterWays(List<Contender> contenders) {
    var fastest = fastestOfEachPeer(contenders);
    return contenders.stream()
        .filter(contender ->
            contender.fastestNanos() <= CLEARLY_SLOWER * fastest.getOrDefault(contender.peer(), 0L))
        .toList();
  }

  private static Map<Peer, Long> fastestOfEachPeer(List<Contender> contenders) {
    var fastest = new HashMap<Peer, Long>();
    for (var contender : contenders) {
      fastest.merge(contender.peer(), contender.fastestNanos(), Math::min);
    }
    return fastest;
  }

  private void noteTheOutclassed(List<Contender> contenders) {
    var fastest = fastestOfEachPeer(contenders);
    long best =
        fastest.entrySet().stream()
            .filter(entry -> !(entry.getKey() instanceof Gatun))
            .mapToLong(Map.Entry::getValue)
            .min()
            .orElse(Long.MAX_VALUE);
    fastest.forEach((peer, nanos) -> {
      if (!(peer instanceof Gatun) && nanos / plan.timesSlowerToLeave() > best) {
        outclassed.add(peer);
      }
    });
  }

  private void time(BenchmarkCase benchmark, List<Contender> contenders) {
    int count = benchmark.isOneThread() ? 1 : threads;
    var work = benchmark.work();
    var peaks = new ArrayList<Double>();
    long fastest = contenders.stream().mapToLong(Contender::fastestNanos).min().orElse(0);
    for (int round = 0; round < plan.rounds(); round++) {
      for (int turn = 0; turn < contenders.size(); turn++) {
        var contender = contenders.get((round + turn) % contenders.size());
        if (contender.fastestNanos() <= HOPELESS * fastest) {
          contender.slice(timer, plan.sliceNanos());
          pauseAfter(contender);
        } else if (round == 0) {
          contender.takeFastest();
        }
      }
      if (work.flops() > 0) {
        peaks.add(limits.flopsPerSecond(work.dtype(), count));
      }
    }
    output.limits(
        benchmark.name(),
        peaks.isEmpty() ? Double.NaN : Averages.median(peaks),
        work.bytes() > 0 ? limits.bytesPerSecond(work.bytes(), count) : Double.NaN);
  }

  private static void pauseAfter(Contender contender) {
    if (contender.threads() == 1) {
      return;
    }
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("contest: interrupted", interrupted);
    }
  }

  @Override
  public void close() {
    limits.close();
  }
}
