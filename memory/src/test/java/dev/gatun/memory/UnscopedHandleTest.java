package dev.gatun.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** Handles outside every scope: the cleaner gives them back, unless they are closed before. */
class UnscopedHandleTest {
  private static final int ATTEMPTS = 500;

  private static final class Watched extends StridedArray {
    Watched(MemoryPool pool, AtomicInteger detached) {
      super(pool.allocate(100), DType.INT8, Layout.contiguous(Shape.of(100)));
      attach(detached::getAndIncrement);
    }
  }

  /** Collects garbage until the cleaner has done its work, or never will. */
  private static boolean collectUntil(BooleanSupplier done) throws InterruptedException {
    for (int i = 0; i < ATTEMPTS && !done.getAsBoolean(); i++) {
      System.gc();
      Thread.sleep(2);
    }
    return done.getAsBoolean();
  }

  private static void drop(MemoryPool pool, AtomicInteger detached, int count) {
    try (Scope _ = Scope.suspend()) {
      for (int i = 0; i < count; i++) {
        assertFalse(new Watched(pool, detached).isClosed());
      }
    }
  }

  @Test
  void theCleanerGivesBackWhatIsUnreachable() throws InterruptedException {
    try (MemoryPool pool = new MemoryPool("cleaned", 1 << 24)) {
      AtomicInteger detached = new AtomicInteger();
      drop(pool, detached, 20);
      assertTrue(
          collectUntil(() -> pool.statistics().cleanedHandles() == 20 && detached.get() == 20));
      assertTrue(collectUntil(() -> pool.statistics().liveBlocks() == 0));
      assertEquals(0, pool.inUseBytes());
    }
  }

  @Test
  void whatIsReachableStays() throws InterruptedException {
    try (MemoryPool pool = new MemoryPool("reachable", 1 << 24)) {
      AtomicInteger detached = new AtomicInteger();
      Watched held;
      try (Scope _ = Scope.suspend()) {
        held = new Watched(pool, detached);
      }
      drop(pool, detached, 5);
      assertTrue(collectUntil(() -> detached.get() == 5 && pool.statistics().liveBlocks() == 1));
      assertFalse(held.isClosed());
      held.close();
      assertEquals(6, detached.get());
      assertEquals(5, pool.statistics().cleanedHandles());
    }
  }

  @Test
  void closedHandlesAreNotCleanedAgain() throws InterruptedException {
    try (MemoryPool pool = new MemoryPool("closed", 1 << 24)) {
      AtomicInteger detached = new AtomicInteger();
      closeAll(pool, detached);
      assertEquals(10, detached.get());
      assertEquals(0, pool.inUseBytes());
      drop(pool, detached, 1);
      assertTrue(collectUntil(() -> detached.get() == 11));
      assertEquals(1, pool.statistics().cleanedHandles());
      assertTrue(collectUntil(() -> pool.statistics().liveBlocks() == 0));
    }
  }

  private static void closeAll(MemoryPool pool, AtomicInteger detached) {
    try (Scope _ = Scope.suspend()) {
      for (int i = 0; i < 10; i++) {
        new Watched(pool, detached).close();
      }
    }
  }

  @Test
  void keptOutOfEveryScopeTheCleanerTakesOver() throws InterruptedException {
    try (MemoryPool pool = new MemoryPool("kept", 1 << 24)) {
      AtomicInteger detached = new AtomicInteger();
      keepAndForget(pool, detached);
      assertTrue(collectUntil(() -> detached.get() == 3));
      assertTrue(collectUntil(() -> pool.statistics().liveBlocks() == 0));
      assertEquals(3, pool.statistics().cleanedHandles());
    }
  }

  private static void keepAndForget(MemoryPool pool, AtomicInteger detached) {
    try (Scope _ = Scope.suspend();
        Scope scope = Scope.open()) {
      for (int i = 0; i < 3; i++) {
        scope.keep(new Watched(pool, detached));
      }
    }
  }

  @Test
  void leakModeDoesNotKeepHandlesReachable() throws InterruptedException {
    try (MemoryPool pool = new MemoryPool("leak mode", 1 << 24);
        LeakTracker.Span leaks = LeakTracker.track()) {
      AtomicInteger detached = new AtomicInteger();
      drop(pool, detached, 4);
      assertTrue(collectUntil(() -> detached.get() == 4));
      assertTrue(collectUntil(() -> leaks.survivors().isEmpty()));
      assertTrue(collectUntil(() -> pool.statistics().liveBlocks() == 0));
    }
  }

  private static void dropBlocks(MemoryPool pool, int count, int bytes) {
    try (Scope _ = Scope.suspend()) {
      for (int i = 0; i < count; i++) {
        StridedArray dropped =
            new StridedArray(pool.allocate(bytes), DType.INT8, Layout.contiguous(Shape.of(bytes)));
        assertFalse(dropped.isClosed());
      }
    }
  }

  @Test
  void garbageIsCollectedBeforeTheLimitRefuses() throws InterruptedException {
    try (MemoryPool pool = new MemoryPool("small", 64 << 20)) {
      dropBlocks(pool, 100, 8 << 20);
      assertTrue(pool.statistics().reservedBytes() <= 64 << 20);
      assertTrue(collectUntil(() -> pool.statistics().liveBlocks() == 0));
    }
  }

  @Test
  void garbageIsCollectedBeforeThePoolGrowsOutOfBounds() throws InterruptedException {
    try (MemoryPool pool = new MemoryPool("unlimited", Long.MAX_VALUE)) {
      dropBlocks(pool, 300, 4 << 20);
      long bound = 2 * UnscopedMemory.MODEST_BYTES;
      assertTrue(pool.statistics().reservedBytes() <= bound, pool.statistics().toString());
      assertTrue(collectUntil(() -> pool.statistics().liveBlocks() == 0));
    }
  }
}
