package dev.gatun.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.memory.ArgumentException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class WorkersTest {
  private int before;

  @BeforeEach
  void rememberThreads() {
    before = Workers.threads();
  }

  @AfterEach
  void restoreThreads() {
    Workers.setThreads(before);
  }

  private static List<String> parts(int threads, long count, long grain) {
    Workers.setThreads(threads);
    List<String> parts = Collections.synchronizedList(new ArrayList<>());
    Workers.parallelFor(count, grain, (from, to) -> parts.add(from + "-" + to));
    parts.sort(null);
    return parts;
  }

  @Test
  void everyIndexRunsOnceWhateverTheNumberOfThreads() {
    for (int threads : new int[] {1, 2, 3, 8}) {
      Workers.setThreads(threads);
      for (int count : new int[] {0, 1, 2, 7, 100, 1001}) {
        for (int grain : new int[] {1, 3, 100, 5000}) {
          var runs = new AtomicIntegerArray(count);
          Workers.parallelFor(
              count,
              grain,
              (from, to) -> {
                for (long i = from; i < to; i++) {
                  runs.incrementAndGet((int) i);
                }
              });
          for (int i = 0; i < count; i++) {
            assertEquals(1, runs.get(i));
          }
        }
      }
    }
  }

  @Test
  void partsDependOnCountAndGrainAlone() {
    var alone = parts(1, 1000, 64);
    assertEquals(16, alone.size());
    assertTrue(alone.contains("960-1000"));
    assertEquals(alone, parts(2, 1000, 64));
    assertEquals(alone, parts(7, 1000, 64));
  }

  @Test
  void manyShortJobsInARowAllRun() {
    Workers.setThreads(4);
    var total = new AtomicLong();
    RangeTask task = (from, to) -> total.addAndGet(to - from);
    for (int i = 0; i < 20_000; i++) {
      Workers.parallelFor(5, 1, task);
    }
    assertEquals(100_000, total.get());
  }

  @Test
  void workersTakePart() throws InterruptedException {
    Workers.setThreads(2);
    var both = new CountDownLatch(2);
    var met = new AtomicBoolean(true);
    Workers.parallelFor(
        2,
        1,
        (_, _) -> {
          both.countDown();
          try {
            met.set(both.await(60, TimeUnit.SECONDS) && met.get());
          } catch (InterruptedException e) {
            met.set(false);
          }
        });
    assertTrue(met.get());
  }

  @Test
  void withOneThreadNothingLeavesTheCaller() {
    Workers.setThreads(1);
    Set<Thread> seen = ConcurrentHashMap.newKeySet();
    Workers.parallelFor(1000, 1, (_, _) -> seen.add(Thread.currentThread()));
    assertEquals(Set.of(Thread.currentThread()), seen);
  }

  @Test
  void exceptionsReachTheCallerWhenNothingRunsAnyMore() {
    for (int threads : new int[] {1, 2, 4}) {
      Workers.setThreads(threads);
      for (int bad = 0; bad < 20; bad++) {
        int failing = bad;
        var running = new AtomicInteger();
        var thrown =
            assertThrows(
                IllegalStateException.class,
                () ->
                    Workers.parallelFor(
                        20,
                        1,
                        (from, _) -> {
                          running.incrementAndGet();
                          try {
                            if (from == failing) {
                              throw new IllegalStateException("part " + from);
                            }
                            Thread.onSpinWait();
                          } finally {
                            running.decrementAndGet();
                          }
                        }));
        assertEquals("part " + failing, thrown.getMessage());
        assertEquals(0, running.get());
      }
    }
  }

  @Test
  void errorsReachTheCallerUnchanged() {
    Workers.setThreads(2);
    var error = new AssertionError("deliberate");
    var thrown =
        assertThrows(
            AssertionError.class,
            () ->
                Workers.parallelFor(
                    10,
                    1,
                    (_, _) -> {
                      throw error;
                    }));
    assertSame(error, thrown);
    var ran = new AtomicInteger();
    Workers.parallelFor(10, 1, (_, _) -> ran.incrementAndGet());
    assertEquals(10, ran.get());
  }

  @Test
  void nestedCallsRunOnTheirOwnThread() {
    Workers.setThreads(4);
    var inner = new AtomicLong();
    var strays = new AtomicInteger();
    Workers.parallelFor(
        8,
        1,
        (_, _) -> {
          var self = Thread.currentThread();
          Workers.parallelFor(
              100,
              10,
              (from, to) -> {
                inner.addAndGet(to - from);
                if (Thread.currentThread() != self) {
                  strays.incrementAndGet();
                }
              });
        });
    assertEquals(800, inner.get());
    assertEquals(0, strays.get());
  }

  @Test
  void concurrentCallersDoNotWaitForEachOther() throws InterruptedException {
    Workers.setThreads(2);
    var holding = new CountDownLatch(1);
    var release = new CountDownLatch(1);
    var holder =
        Thread.ofPlatform()
            .start(() ->
                Workers.parallelFor(
                    2,
                    1,
                    (_, _) -> {
                      holding.countDown();
                      awaitUninterruptibly(release);
                    }));
    assertTrue(holding.await(60, TimeUnit.SECONDS));
    var ran = new AtomicInteger();
    Workers.parallelFor(100, 1, (_, _) -> ran.incrementAndGet());
    assertEquals(100, ran.get());
    release.countDown();
    holder.join();
    assertFalse(holder.isAlive());
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void manyCallersOfEitherKindOfThread() throws InterruptedException {
    Workers.setThreads(3);
    var failures = new ConcurrentLinkedQueue<Throwable>();
    var threads = new ArrayList<Thread>();
    for (int t = 0; t < 16; t++) {
      var builder = t % 2 == 0 ? Thread.ofVirtual() : Thread.ofPlatform();
      threads.add(
          builder.start(() -> {
            try {
              for (int i = 0; i < 500; i++) {
                var sum = new AtomicLong();
                Workers.parallelFor(50, 7, (from, to) -> sum.addAndGet(to * to - from * from));
                assertEquals(2500, sum.get());
              }
            } catch (Throwable e) {
              failures.add(e);
            }
          }));
    }
    for (var thread : threads) {
      thread.join();
    }
    assertEquals(List.of(), List.copyOf(failures));
  }

  @Test
  void settingThreadsWhileOthersWorkIsSafe() throws InterruptedException {
    var stop = new AtomicBoolean();
    var wrong = new AtomicInteger();
    var caller =
        Thread.ofPlatform()
            .start(() -> {
              while (!stop.get()) {
                var sum = new AtomicLong();
                Workers.parallelFor(20, 1, (from, to) -> sum.addAndGet(to - from));
                wrong.addAndGet(sum.get() == 20 ? 0 : 1);
              }
            });
    for (int i = 0; i < 200; i++) {
      Workers.setThreads(1 + i % 4);
    }
    stop.set(true);
    caller.join();
    assertEquals(0, wrong.get());
  }

  @Test
  void interruptsAreKeptForTheCaller() {
    Workers.setThreads(2);
    Thread.currentThread().interrupt();
    var ran = new AtomicInteger();
    Workers.parallelFor(100, 1, (_, _) -> ran.incrementAndGet());
    assertTrue(Thread.interrupted());
    assertEquals(100, ran.get());
  }

  @Test
  void idleWorkersAreParkedDaemons() throws InterruptedException {
    Workers.setThreads(3);
    Workers.parallelFor(1000, 1, (_, _) -> Thread.onSpinWait());
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (awakeWorkers() > 0 && System.nanoTime() < deadline) {
      Thread.sleep(1);
    }
    assertEquals(0, awakeWorkers());
    for (var thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("gatun-worker-")) {
        assertTrue(thread.isDaemon());
      }
    }
  }

  private static long awakeWorkers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("gatun-worker-"))
        .filter(thread -> thread.getState() != Thread.State.WAITING)
        .filter(Thread::isAlive)
        .count();
  }

  @Test
  void badArgumentsAreRefused() {
    assertThrows(ArgumentException.class, () -> Workers.setThreads(0));
    assertThrows(ArgumentException.class, () -> Workers.parallelFor(-1, 1, (_, _) -> {}));
    assertThrows(ArgumentException.class, () -> Workers.parallelFor(1, 0, (_, _) -> {}));
  }
}
