package dev.gatun.bench.machine;

import dev.gatun.bench.timing.SliceTimer;
import dev.gatun.memory.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The speed of memory, in bytes a second, for a given number of bytes that are touched again and
 * again: small ones lie in a cache. It is the better of two loops in the manner of STREAM, one that
 * adds two arrays into a third and one that only reads, each thread on a part of its own.
 *
 * <p>One thread measures at a time.
 */
public final class MemoryBandwidth implements AutoCloseable {

  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final int UNROLLED = 4;
  private static final long STEP = (long) UNROLLED * FLOATS.length() * Float.BYTES;
  private static final long ALIGNMENT = 128;
  private static final int ARRAYS = 3;

  /** At least this much is touched in a burst, so that the clock's steps do not show. */
  private static final long BURST_BYTES = 4 << 20;

  private static final int BURSTS = 12;

  /** Less than this is not worth a second thread. */
  private static final long SMALLEST_SHARED_BYTES = 256 << 10;

  /** Fits the first cache, so that warming up takes no longer than compiling. */
  private static final long WARM_UP_BYTES = 8 << 10;

  private static final long LEAST_WARM_UP_NANOS = 200_000_000L;
  private static final long MOST_WARM_UP_NANOS = 10_000_000_000L;

  private final int threads;
  private boolean isWarm;
  private final ExecutorService executor;

  /** Keeps the kernels' results alive. */
  @SuppressWarnings("UnusedVariable")
  private volatile float sink;

  /**
   * Starts the threads.
   *
   * @param threads how many may work at the same time, at least 1
   */
  public MemoryBandwidth(int threads) {
    this.threads = threads;
    executor =
        Executors.newFixedThreadPool(
            threads, Thread.ofPlatform().daemon().name("bandwidth-", 0).factory());
  }

  /**
   * Measures for some milliseconds, the first time after the loops were compiled, which takes some
   * tenths of a second.
   *
   * @param bytes how much memory is touched in all
   * @return bytes a second, of all threads together
   */
  public double bytesPerSecond(double bytes) {
    if (!isWarm) {
      warmUp();
      isWarm = true;
    }
    int workers = bytes < SMALLEST_SHARED_BYTES ? 1 : threads;
    long each = Math.max(STEP, (long) (bytes / workers / ARRAYS) / STEP * STEP);
    var rates = new ArrayList<Future<Double>>();
    for (int worker = 0; worker < workers; worker++) {
      rates.add(executor.submit(() -> measure(each)));
    }
    return sum(rates);
  }

  @Override
  public void close() {
    executor.close();
  }

  /** Until the compiler has done its work, the loops are a hundred times slower. */
  private void warmUp() {
    try (var arena = Arena.ofShared()) {
      var a = filled(arena, WARM_UP_BYTES);
      var b = filled(arena, WARM_UP_BYTES);
      var c = filled(arena, WARM_UP_BYTES);
      new SliceTimer()
          .warmUpJava(
              () -> {
                add(a, b, c, WARM_UP_BYTES);
                sink = read(c, WARM_UP_BYTES);
              },
              LEAST_WARM_UP_NANOS,
              MOST_WARM_UP_NANOS);
    }
  }

  private static MemorySegment filled(Arena arena, long bytes) {
    var array = arena.allocate(bytes, ALIGNMENT);
    for (long offset = 0; offset < bytes; offset += Float.BYTES) {
      DType.FLOAT32.setDouble(array, offset, 1.5);
    }
    return array;
  }

  private double measure(long bytes) {
    try (var arena = Arena.ofShared()) {
      var a = filled(arena, bytes);
      var b = filled(arena, bytes);
      var c = filled(arena, bytes);
      double fastest = 0;
      long repetitions = Math.max(1, BURST_BYTES / (ARRAYS * bytes));
      for (int burst = 0; burst < BURSTS; burst++) {
        long begin = System.nanoTime();
        for (long i = 0; i < repetitions; i++) {
          add(a, b, c, bytes);
        }
        long middle = System.nanoTime();
        float total = 0;
        for (long i = 0; i < repetitions; i++) {
          total += read(a, bytes) + read(b, bytes) + read(c, bytes);
        }
        long end = System.nanoTime();
        sink = total;
        double moved = (double) ARRAYS * bytes * repetitions;
        fastest = Math.max(fastest, moved / Math.min(middle - begin, end - middle));
      }
      return 1e9 * fastest;
    }
  }

  private static void add(MemorySegment a, MemorySegment b, MemorySegment c, long bytes) {
    int steps = (int) (bytes / STEP);
    long width = STEP / UNROLLED;
    for (int step = 0; step < steps; step++) {
      long at = step * STEP;
      load(a, at).add(load(b, at)).intoMemorySegment(c, at, ORDER);
      load(a, at + width).add(load(b, at + width)).intoMemorySegment(c, at + width, ORDER);
      load(a, at + 2 * width)
          .add(load(b, at + 2 * width))
          .intoMemorySegment(c, at + 2 * width, ORDER);
      load(a, at + 3 * width)
          .add(load(b, at + 3 * width))
          .intoMemorySegment(c, at + 3 * width, ORDER);
    }
  }

  private static float read(MemorySegment array, long bytes) {
    int steps = (int) (bytes / STEP);
    long width = STEP / UNROLLED;
    var sum0 = FloatVector.zero(FLOATS);
    var sum1 = FloatVector.zero(FLOATS);
    var sum2 = FloatVector.zero(FLOATS);
    var sum3 = FloatVector.zero(FLOATS);
    for (int step = 0; step < steps; step++) {
      long at = step * STEP;
      sum0 = sum0.add(load(array, at));
      sum1 = sum1.add(load(array, at + width));
      sum2 = sum2.add(load(array, at + 2 * width));
      sum3 = sum3.add(load(array, at + 3 * width));
    }
    return sum0.add(sum1).add(sum2.add(sum3)).lane(0);
  }

  private static FloatVector load(MemorySegment array, long offset) {
    return FloatVector.fromMemorySegment(FLOATS, array, offset, ORDER);
  }

  private static double sum(List<Future<Double>> rates) {
    double sum = 0;
    try {
      for (var rate : rates) {
        sum += rate.get();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("measuring memory was interrupted", interrupted);
    } catch (ExecutionException failure) {
      throw new IllegalStateException("measuring memory failed", failure.getCause());
    }
    return sum;
  }
}
