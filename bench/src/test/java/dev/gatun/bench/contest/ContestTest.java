package dev.gatun.bench.contest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.bench.peers.Peer;
import dev.gatun.bench.timing.SliceTimer;
import dev.gatun.memory.DType;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ContestTest {

  private static final ContestPlan SHORT = new ContestPlan(2, 100_000, 100_000, 0, 0, 0, 2);

  /** Goes on by what calls are said to take: how busy the machine is makes no difference. */
  private final AtomicLong clock = new AtomicLong();

  /** Doubles numbers, and is slow on one thread. */
  private class Doubler implements Peer {
    private int threads;

    @Override
    public String name() {
      return "doubler";
    }

    @Override
    public String description() {
      return "for tests";
    }

    @Override
    public void setThreads(int threads) {
      this.threads = threads;
    }

    @Override
    public void close() {}

    int micros() {
      return threads == 1 ? 3000 : 1000;
    }

    Call doubling(Operands operands, double factor) {
      var in = operands.input(0).toDoubles();
      var out = new double[in.length];
      int micros = micros();
      return new Call() {
        @Override
        public void run() {
          clock.addAndGet(1000L * micros);
          for (int i = 0; i < in.length; i++) {
            out[i] = factor * in[i];
          }
        }

        @Override
        public double[] result() {
          return out;
        }
      };
    }
  }

  private final class OtherDoubler extends Doubler {
    @Override
    public String name() {
      return "other";
    }
  }

  private final class SlowDoubler extends Doubler {
    @Override
    public String name() {
      return "slow";
    }

    @Override
    int micros() {
      return 10_000;
    }
  }

  private ContestFigures measure(BenchmarkCase benchmark, int threads) {
    return measure(List.of(benchmark), threads);
  }

  private ContestFigures measure(List<BenchmarkCase> benchmarks, int threads) {
    var bytes = new ByteArrayOutputStream();
    var output = new ContestOutput(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    output.contestant("doubler", "for\ttests");
    try (var contest =
        new Contest(
            List.of(new OtherDoubler(), new SlowDoubler()),
            threads,
            SHORT,
            output,
            new SliceTimer(clock::get))) {
      benchmarks.forEach(contest::run);
    }
    var figures = new ContestFigures();
    int finished = 0;
    for (var line : bytes.toString(StandardCharsets.UTF_8).lines().toList()) {
      finished += figures.accept(line) ? 1 : 0;
    }
    assertEquals(benchmarks.size(), finished);
    return figures;
  }

  private static BenchmarkCase.Builder named(String name) {
    return BenchmarkCase.named(name).inputs(Input.floats(5)).work(new Work(10, 100, DType.FLOAT32));
  }

  @Test
  void theBetterThreadSettingCountsAndLimitsAreMeasured() {
    var benchmark =
        named("doubling")
            .peer(OtherDoubler.class, (peer, operands) -> peer.doubling(operands, 2))
            .build();
    var figures = measure(benchmark, 2);
    assertEquals(List.of(), figures.troubles("doubling"));
    var time = figures.times("doubling").getFirst();
    assertEquals("other", time.peer());
    assertEquals(2, time.threads());
    assertEquals(1e-3, time.seconds(), 1e-12);
    assertTrue(figures.flopsPerSecond("doubling") > 0);
    assertTrue(figures.bytesPerSecond("doubling") > 0);
    assertEquals("for tests", figures.contestants().get("doubler"));
  }

  @Test
  void oneThreadIsOneThread() {
    var benchmark =
        named("doubling")
            .onOneThread()
            .peer(OtherDoubler.class, (peer, operands) -> peer.doubling(operands, 2))
            .build();
    assertEquals(1, measure(benchmark, 2).times("doubling").getFirst().threads());
  }

  @Test
  void aPeerThatIsFarSlowerThanAnotherLeaves() {
    var cases =
        Stream.of("first", "second")
            .map(name ->
                named(name)
                    .peer(SlowDoubler.class, (peer, operands) -> peer.doubling(operands, 2))
                    .peer(OtherDoubler.class, (peer, operands) -> peer.doubling(operands, 2))
                    .build())
            .toList();
    var figures = measure(cases, 1);
    assertEquals(List.of(), figures.troubles("second"));
    assertEquals(2, figures.times("first").size());
    assertEquals(
        List.of("other"), figures.times("second").stream().map(ContestTime::peer).toList());
  }

  @Test
  void aPeerThatIsFarSlowerStaysWhereItIsTheOnlyOne() {
    var both =
        named("both")
            .peer(SlowDoubler.class, (peer, operands) -> peer.doubling(operands, 2))
            .peer(OtherDoubler.class, (peer, operands) -> peer.doubling(operands, 2))
            .build();
    var alone =
        named("alone")
            .peer(SlowDoubler.class, (peer, operands) -> peer.doubling(operands, 2))
            .build();
    var figures = measure(List.of(both, alone), 1);
    assertEquals(List.of(), figures.troubles("alone"));
    assertEquals(List.of("slow"), figures.times("alone").stream().map(ContestTime::peer).toList());
  }

  @Test
  void aResultThatDiffersIsReported() {
    var benchmark =
        named("doubling")
            .peer(OtherDoubler.class, (peer, operands) -> peer.doubling(operands, 2))
            .peer(OtherDoubler.class, "wrong", (peer, operands) -> peer.doubling(operands, 2.1))
            .build();
    var troubles = measure(benchmark, 1).troubles("doubling");
    assertEquals(1, troubles.size(), troubles::toString);
    assertTrue(
        troubles.getFirst().startsWith("other: its result differs by 5.0e-02"), troubles::toString);
  }

  @Test
  void aContestantThatRefusesIsReportedAndTheOthersGoOn() {
    var benchmark =
        named("doubling")
            .peer(
                OtherDoubler.class,
                "refusing",
                (peer, operands) -> {
                  throw new UnsupportedOperationException("not today");
                })
            .peer(OtherDoubler.class, (peer, operands) -> peer.doubling(operands, 2))
            .build();
    var figures = measure(benchmark, 1);
    assertEquals(
        List.of("other: java.lang.UnsupportedOperationException: not today"),
        figures.troubles("doubling"));
    assertEquals(1, figures.times("doubling").size());
  }

  @Test
  void figuresAreMediansOverForksOfTheBestWay() {
    var figures = new ContestFigures();
    for (var seconds : List.of("3.0", "1.0", "2.0")) {
      figures.accept("@gatun-bench\ttime\tadd\tGatun\t\t2\t" + seconds + "\t1.0\t0.0");
    }
    figures.accept("@gatun-bench\ttime\tadd\tpeer\tslow\t2\t9.0\t4.5\t0.5");
    figures.accept("@gatun-bench\ttime\tadd\tpeer\tfast\t1\t4.0\t1.75\t0.25");
    figures.accept("something else");
    assertEquals(
        List.of(
            new ContestTime("Gatun", "", 2, 2.0, 1.0, 0.0),
            new ContestTime("peer", "fast", 1, 4.0, 1.75, 0.25)),
        figures.times("add"));
    assertEquals(List.of(), figures.times("mul"));
    assertTrue(Double.isNaN(figures.bytesPerSecond("add")));
  }
}
