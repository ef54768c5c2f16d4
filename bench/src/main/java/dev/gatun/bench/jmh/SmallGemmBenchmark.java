package dev.gatun.bench.jmh;

import dev.gatun.bench.peers.Gatun;
import dev.gatun.bench.peers.MatrixOperands;
import dev.gatun.bench.peers.MatrixProduct;
import dev.gatun.bench.peers.Peer;
import dev.gatun.bench.peers.PeerLookup;
import dev.gatun.bench.peers.Peers;
import dev.gatun.memory.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
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
 * Matrix products too small for {@code gatun bench gemm}, on one thread: here the way into the
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

  private Arena arena;
  private Peer peer;
  private MatrixProduct product;

  /** Loads the contestant and makes the operands. */
  @Setup(Level.Trial)
  public void prepare() {
    arena = Arena.ofShared();
    peer = contestant.equals(Peers.GATUN) ? new Gatun() : load(contestant);
    peer.setThreads(1);
    product = peer.matrixProduct(MatrixOperands.random(DType.FLOAT32, size, size, arena));
  }

  /** Gives everything back. */
  @TearDown(Level.Trial)
  public void close() {
    product.close();
    peer.close();
    arena.close();
  }

  /**
   * Computes one product.
   *
   * @return the result
   */
  @Benchmark
  public MemorySegment multiply() {
    product.run();
    return product.result();
  }

  private static Peer load(String name) {
    return switch (Peers.load(List.of(name)).getFirst()) {
      case PeerLookup.Loaded(Peer peer) -> peer;
      case PeerLookup.Missing(String missing, String reason) ->
          throw new IllegalStateException(missing + ": " + reason);
    };
  }
}
