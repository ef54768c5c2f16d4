package dev.gatun.bench.jmh;

import dev.gatun.bench.cases.GemmCases;
import dev.gatun.bench.cases.ProductLayout;
import dev.gatun.bench.contest.Call;
import dev.gatun.bench.contest.Operands;
import dev.gatun.bench.peers.Gatun;
import dev.gatun.bench.peers.Peer;
import dev.gatun.bench.peers.PeerLookup;
import dev.gatun.bench.peers.Peers;
import dev.gatun.memory.DType;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Matrix products too small for {@code gatun bench cpu}, on one thread: here the way into the
 * kernel counts as much as the kernel.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class SmallGemmBenchmark {

  /** Rows and columns of each matrix. */
  @Param({"4", "8", "16", "32", "48"})
  public int size;

  /** Who computes; a peer other than Gatun needs a build with the peers. */
  @Param({"Gatun", "OpenBLAS"})
  public String contestant;

  private Operands operands;
  private Peer peer;
  private Call product;

  /**
   * Loads the contestant and makes the operands.
   *
   * @throws Exception when the contestant refuses
   */
  @Setup(Level.Trial)
  public void prepare() throws Exception {
    var square = GemmCases.square(DType.FLOAT32, ProductLayout.NN, size, true);
    operands = new Operands(square.inputs());
    peer = contestant.equals(Peers.GATUN) ? new Gatun() : load(contestant);
    peer.setThreads(1);
    product =
        square.entrants().stream()
            .filter(entrant -> entrant.type().isInstance(peer))
            .findFirst()
            .orElseThrow()
            .prepare(peer, operands);
  }

  /** Gives everything back. */
  @TearDown(Level.Trial)
  public void close() {
    operands.close();
    peer.close();
  }

  /**
   * Computes one product.
   *
   * @return what was executed
   */
  @Benchmark
  public Call multiply() {
    product.run();
    return product;
  }

  private static Peer load(String name) {
    return switch (Peers.load(List.of(name)).getFirst()) {
      case PeerLookup.Loaded(Peer peer) -> peer;
      case PeerLookup.Missing(String missing, String reason) ->
          throw new IllegalStateException(missing + ": " + reason);
    };
  }
}
