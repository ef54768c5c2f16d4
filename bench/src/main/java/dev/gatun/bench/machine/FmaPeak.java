package dev.gatun.bench.machine;

import dev.gatun.memory.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The speed of fused multiply-adds on this machine, in GFLOP/s: what a matrix product could reach
 * at most. It is measured, on as many threads as the product may use, in short bursts; a burst that
 * was disturbed is recognised by being slower than its neighbours.
 *
 * <p>One thread measures at a time.
 */
public final class FmaPeak implements AutoCloseable {

  /** About 0.1 ms on one core of a current processor. */
  private static final int REPETITIONS = 30_000;

  private static final int BURSTS_PER_SLICE = 60;

  private final int threads;
  private final ExecutorService executor;
  private final CyclicBarrier start;

  /** Keeps the kernels' results alive. */
  private volatile double sink;

  /**
   * Starts the threads.
   *
   * @param threads how many compute at the same time, at least 1
   */
  public FmaPeak(int threads) {
    this.threads = threads;
    executor =
        Executors.newFixedThreadPool(
            threads, Thread.ofPlatform().daemon().name("fma-peak-", 0).factory());
    start = new CyclicBarrier(threads);
  }

  /**
   * Measures one slice of some milliseconds, all threads at once.
   *
   * @param dtype {@code FLOAT32} or {@code FLOAT64}
   * @return GFLOP/s of all threads together, from the lower quartile of each thread's burst times
   */
  public double slice(DType dtype) {
    var task = burstsOf(dtype);
    var rates = new ArrayList<Future<Double>>();
    for (int thread = 0; thread < threads; thread++) {
      rates.add(executor.submit(task));
    }
    return sum(rates);
  }

  @Override
  public void close() {
    executor.close();
  }

  private Callable<Double> burstsOf(DType dtype) {
    return () -> {
      var nanos = new long[BURSTS_PER_SLICE];
      double sum = 0;
      awaitOthers();
      for (int burst = 0; burst < nanos.length; burst++) {
        long before = System.nanoTime();
        sum += FmaKernel.run(dtype, REPETITIONS, burst);
        nanos[burst] = System.nanoTime() - before;
      }
      sink = sum;
      Arrays.sort(nanos);
      double operations = (double) FmaKernel.operationsPerRepetition(dtype) * REPETITIONS;
      return operations / nanos[nanos.length / 4];
    };
  }

  private void awaitOthers() throws InterruptedException {
    try {
      start.await();
    } catch (BrokenBarrierException broken) {
      throw new IllegalStateException("another thread of the measurement was stopped", broken);
    }
  }

  private static double sum(List<Future<Double>> rates) {
    double sum = 0;
    try {
      for (var rate : rates) {
        sum += rate.get();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("measuring the FMA peak was interrupted", interrupted);
    } catch (ExecutionException failure) {
      throw new IllegalStateException("measuring the FMA peak failed", failure.getCause());
    }
    return sum;
  }
}
