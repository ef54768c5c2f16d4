package dev.gatun.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Threads allocate, write who they are, check that nobody else wrote, and give back; some blocks
 * are given back by another thread. A block that were handed out twice would show the other's
 * pattern.
 */
class MemoryPoolConcurrencyTest {
  private final List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());

  private record Held(Storage storage, long owner) {
    static Held take(MemoryPool pool, long bytes, long owner) {
      Storage storage = pool.allocate(bytes);
      storage.segment().set(ValueLayout.JAVA_LONG, 0, owner);
      storage.segment().set(ValueLayout.JAVA_LONG, bytes / 8 * 8 - 8, ~owner);
      return new Held(storage, owner);
    }

    void checkAndRelease() {
      assertEquals(owner, storage.segment().get(ValueLayout.JAVA_LONG, 0));
      assertEquals(
          ~owner, storage.segment().get(ValueLayout.JAVA_LONG, storage.byteSize() / 8 * 8 - 8));
      storage.release();
    }
  }

  private void work(MemoryPool pool, int id, int steps, BlockingQueue<Held> exchange) {
    Random random = new Random(id);
    Deque<Held> mine = new ArrayDeque<>();
    try {
      for (int step = 0; step < steps; step++) {
        long bytes = 16L + random.nextInt(1 << (4 + random.nextInt(13)));
        if (random.nextInt(500) == 0) {
          bytes = (1L << 20) + random.nextInt(1 << 20);
        }
        Held taken = Held.take(pool, bytes, (long) id << 32 | step);
        if (random.nextInt(4) > 0 || !exchange.offer(taken)) {
          mine.add(taken);
        }
        if (mine.size() > 60 || random.nextInt(3) == 0) {
          Held other = random.nextBoolean() ? exchange.poll() : mine.poll();
          if (other != null) {
            other.checkAndRelease();
          }
        }
        while (mine.size() > 100) {
          mine.poll().checkAndRelease();
        }
      }
      mine.forEach(Held::checkAndRelease);
    } catch (RuntimeException | AssertionError e) {
      failures.add(e);
    }
  }

  private void hammer(MemoryPool pool, ThreadFactory factory, int threads, int steps)
      throws InterruptedException {
    BlockingQueue<Held> exchange = new ArrayBlockingQueue<>(200);
    List<Thread> all = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      int id = t + 1;
      Thread thread = factory.newThread(() -> work(pool, id, steps, exchange));
      thread.start();
      all.add(thread);
    }
    for (Thread thread : all) {
      thread.join();
    }
    exchange.forEach(Held::checkAndRelease);
    assertEquals(List.of(), failures);
  }

  @ParameterizedTest
  @CsvSource({"4, 20000, false", "40, 1500, true", "30, 500, false"})
  void aPoolOfItsOwn(int threads, int steps, boolean virtual) throws InterruptedException {
    try (MemoryPool pool = new MemoryPool("hammered", 1L << 30)) {
      hammer(pool, factory(virtual), threads, steps);
      PoolStatistics after = pool.statistics();
      assertEquals(0, after.inUseBytes());
      assertEquals(0, after.liveBlocks());
      assertEquals(after.reservedBytes(), after.cachedBytes());
      assertTrue(after.peakBytes() <= after.reservedBytes());
      assertTrue(after.peakBytes() > 0);
    }
  }

  @ParameterizedTest
  @CsvSource({"4, 20000, false", "40, 1500, true", "30, 500, false"})
  void theSharedPool(int threads, int steps, boolean virtual) throws InterruptedException {
    MemoryPool pool = MemoryPool.shared();
    PoolStatistics before = pool.statistics();
    hammer(pool, factory(virtual), threads, steps);
    PoolStatistics after = pool.statistics();
    assertEquals(before.inUseBytes(), after.inUseBytes());
    assertEquals(before.liveBlocks(), after.liveBlocks());
    assertTrue(after.peakBytes() <= after.reservedBytes());
  }

  private static ThreadFactory factory(boolean virtual) {
    return virtual ? Thread.ofVirtual().factory() : Thread.ofPlatform().factory();
  }

  @Test
  void scopesOnManyThreads() throws InterruptedException {
    MemoryPool pool = MemoryPool.shared();
    long before = pool.inUseBytes();
    List<Thread> all = new ArrayList<>();
    for (int t = 0; t < 8; t++) {
      long id = t;
      all.add(
          Thread.ofPlatform()
              .start(() -> {
                try {
                  for (int round = 0; round < 300; round++) {
                    inAScope(id << 32 | round);
                  }
                } catch (RuntimeException | AssertionError e) {
                  failures.add(e);
                }
              }));
    }
    for (Thread thread : all) {
      thread.join();
    }
    assertEquals(List.of(), failures);
    assertEquals(before, pool.inUseBytes());
  }

  private static void inAScope(long owner) {
    try (Scope _ = Scope.open()) {
      List<StridedArray> made = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        StridedArray array = StridedArray.allocate(DType.INT64, Shape.of(1 + i));
        DType.INT64.setLong(array.segment(), 8L * i, owner * 100 + i);
        made.add(array);
        if (i % 5 == 0) {
          made.removeFirst().close();
        }
      }
      for (StridedArray array : made) {
        long last = array.layout().numel() - 1;
        assertEquals(owner * 100 + last, DType.INT64.getLong(array.segment(), 8 * last));
      }
    }
  }

  @Test
  void statisticsMayBeReadAtAnyTime() throws InterruptedException {
    try (MemoryPool pool = new MemoryPool("watched", 1L << 30)) {
      Thread watcher =
          Thread.ofPlatform()
              .start(() -> {
                while (!Thread.currentThread().isInterrupted()) {
                  PoolStatistics now = pool.statistics();
                  if (now.reservedBytes() > now.limitBytes()) {
                    failures.add(new AssertionError(now.toString()));
                  }
                  pool.trim();
                }
              });
      hammer(pool, factory(false), 3, 3000);
      watcher.interrupt();
      watcher.join();
      assertEquals(List.of(), failures);
    }
  }
}
