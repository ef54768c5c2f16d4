package dev.gatun.bench.gemm;

import dev.gatun.bench.fork.ForkedJvm;
import dev.gatun.bench.machine.FmaPeak;
import dev.gatun.bench.peers.MatrixOperands;
import dev.gatun.bench.peers.MatrixProduct;
import dev.gatun.bench.peers.Peer;
import dev.gatun.bench.timing.Averages;
import dev.gatun.bench.timing.SliceTimer;
import dev.gatun.memory.DType;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/** Measures the cases of one thread setting in this process and reports them as they are done. */
final class GemmContest {

  /** At first: what the JIT compiler needs when it has a core, and when it has to share one. */
  private static final long FIRST_WARM_UP_NANOS = 600_000_000L;

  private static final long LONGEST_FIRST_WARM_UP_NANOS = 3_000_000_000L;

  private static final long LONGEST_WARM_UP_NANOS = 1_000_000_000L;
  private static final int[] WARM_UP_SIZES = {64, 200, 512};

  /**
   * Longer than idle threads spin in the environment that {@link dev.gatun.bench.fork.ForkedJvm}
   * sets.
   */
  private static final long PAUSE_MILLIS = ForkedJvm.LONGEST_SPIN_MILLIS + 5;

  private final List<Peer> contestants;
  private final int threads;
  private final long sliceNanos;
  private final ForkOutput output;
  private final SliceTimer timer = new SliceTimer();

  /**
   * Prepares a contest.
   *
   * @param contestants loaded and allowed {@code threads} threads
   * @param threads the thread setting
   * @param sliceSeconds how long a slice lasts
   * @param output takes the figures
   */
  GemmContest(List<Peer> contestants, int threads, double sliceSeconds, ForkOutput output) {
    this.contestants = List.copyOf(contestants);
    this.threads = threads;
    this.sliceNanos = (long) (sliceSeconds * 1e9);
    this.output = output;
  }

  /**
   * Measures every case.
   *
   * @param cases cases with this thread setting
   */
  void run(List<GemmCase> cases) {
    try (var peak = new FmaPeak(threads)) {
      for (var dtype : cases.stream().map(GemmCase::dtype).distinct().toList()) {
        warmUp(dtype, peak);
        var peaks = new ArrayList<Double>();
        for (var gemmCase : cases) {
          if (gemmCase.dtype() == dtype) {
            run(gemmCase, peak, peaks);
          }
        }
        output.peak(dtype, Averages.median(peaks));
      }
    }
  }

  /** Lets the JIT compiler see everything once: no contestant starts cold. */
  private void warmUp(DType dtype, FmaPeak peak) {
    for (int size : WARM_UP_SIZES) {
      try (var arena = Arena.ofShared()) {
        var operands = MatrixOperands.random(dtype, size, size, arena);
        for (var contestant : contestants) {
          try (var product = contestant.matrixProduct(operands)) {
            timer.warmUp(product::run, FIRST_WARM_UP_NANOS, LONGEST_FIRST_WARM_UP_NANOS);
          }
        }
      }
    }
    peak.slice(dtype);
  }

  private void run(GemmCase gemmCase, FmaPeak peak, List<Double> peaks) {
    var products = new ArrayList<MatrixProduct>();
    try (var arena = Arena.ofShared()) {
      var operands =
          MatrixOperands.random(gemmCase.dtype(), gemmCase.size(), gemmCase.size(), arena);
      try {
        for (var contestant : contestants) {
          products.add(contestant.matrixProduct(operands));
        }
        var errors = check(operands, products);
        var seconds = time(products, gemmCase.dtype(), peak, peaks);
        for (int i = 0; i < products.size(); i++) {
          output.speed(
              gemmCase,
              contestants.get(i).name(),
              gemmCase.gigaflops(Averages.median(seconds.get(i))),
              errors[i]);
        }
      } finally {
        products.forEach(MatrixProduct::close);
      }
    }
  }

  private double[] check(MatrixOperands operands, List<MatrixProduct> products) {
    var agreement = new Agreement(operands);
    var errors = new double[products.size()];
    for (int i = 0; i < products.size(); i++) {
      products.get(i).run();
      var result = products.get(i).result();
      errors[i] =
          Math.max(
              agreement.errorOfSamples(result),
              agreement.differenceFrom(result, products.getFirst().result()));
      if (!(errors[i] <= agreement.tolerance())) {
        throw new IllegalStateException(
            "%s: %s product of size %d: relative error %.3e exceeds %.3e"
                .formatted(
                    contestants.get(i).name(),
                    operands.dtype(),
                    operands.size(),
                    errors[i],
                    agreement.tolerance()));
      }
    }
    return errors;
  }

  private List<List<Double>> time(
      List<MatrixProduct> products, DType dtype, FmaPeak peak, List<Double> peaks) {
    var batches = new int[products.size()];
    var seconds = new ArrayList<List<Double>>();
    for (int i = 0; i < products.size(); i++) {
      batches[i] = timer.warmUp(products.get(i)::run, 0, LONGEST_WARM_UP_NANOS);
      seconds.add(new ArrayList<>());
      pause();
    }
    for (int round = 0; round < GemmPlan.ROUNDS; round++) {
      for (int turn = 0; turn < products.size(); turn++) {
        int i = (round + turn) % products.size();
        seconds.get(i).add(timer.slice(products.get(i)::run, batches[i], sliceNanos));
        pause();
      }
      peaks.add(peak.slice(dtype));
    }
    return seconds;
  }

  private void pause() {
    if (threads == 1) {
      return;
    }
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("gemm: interrupted", interrupted);
    }
  }
}
