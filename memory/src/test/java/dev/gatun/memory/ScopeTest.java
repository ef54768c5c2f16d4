package dev.gatun.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ScopeTest {
  private final MemoryPool pool = new MemoryPool("scope test", 1L << 30);
  private Scope around;

  @BeforeEach
  void openScope() {
    around = Scope.open();
  }

  @AfterEach
  void everythingIsGivenBack() {
    around.close();
    pool.close();
  }

  private StridedArray make() {
    return new StridedArray(pool.allocate(32), DType.FLOAT32, Layout.contiguous(Shape.of(8)));
  }

  private static <T> T onAnotherThread(Callable<T> task)
      throws InterruptedException, ExecutionException {
    FutureTask<T> future = new FutureTask<>(task);
    Thread.ofPlatform().start(future);
    return future.get();
  }

  @Test
  void closesWhatWasMadeWithin() {
    List<StridedArray> made = new ArrayList<>();
    try (Scope scope = Scope.open()) {
      for (int i = 0; i < 100; i++) {
        made.add(make());
      }
      assertEquals(100, scope.size());
      assertEquals(100, pool.statistics().liveBlocks());
    }
    assertTrue(made.stream().allMatch(StridedArray::isClosed));
    assertEquals(0, pool.inUseBytes());
  }

  @Test
  void closesWhatItOwnsAndStaysOpen() {
    try (Scope scope = Scope.open()) {
      StridedArray before = make();
      scope.closeAll();
      assertTrue(before.isClosed());
      assertEquals(0, scope.size());
      assertEquals(0, pool.inUseBytes());
      StridedArray after = make();
      assertFalse(after.isClosed());
      assertEquals(1, scope.size());
    }
    assertEquals(0, pool.inUseBytes());
  }

  @Test
  void closesWhatHasJoinedSinceAMoment() {
    try (Scope scope = Scope.open()) {
      StridedArray before = make();
      int mark = scope.mark();
      StridedArray first = make();
      StridedArray second = make();
      StridedArray third = make();
      scope.closeSince(mark, new StridedArray[] {third, null, before, first});
      assertFalse(before.isClosed());
      assertFalse(first.isClosed());
      assertTrue(second.isClosed());
      assertFalse(third.isClosed());
      assertEquals(3, scope.size());
      third.close();
      scope.closeSince(mark, new StridedArray[0]);
      assertFalse(before.isClosed());
      assertTrue(first.isClosed());
      assertEquals(1, scope.size());
    }
    assertEquals(0, pool.inUseBytes());
  }

  @Test
  void handlesJoinTheInnermostScope() {
    try (Scope outer = Scope.open()) {
      StridedArray first = make();
      StridedArray second;
      try (Scope inner = Scope.open()) {
        second = make();
        assertEquals(1, inner.size());
        assertEquals(1, outer.size());
      }
      assertFalse(first.isClosed());
      assertTrue(second.isClosed());
      StridedArray third = make();
      assertEquals(2, outer.size());
      assertFalse(third.isClosed());
    }
  }

  @Test
  void keepMovesToTheScopeAround() {
    try (Scope outer = Scope.open()) {
      StridedArray kept;
      try (Scope inner = Scope.open()) {
        make();
        kept = make();
        make();
        assertSame(kept, inner.keep(kept));
        assertEquals(2, inner.size());
      }
      assertFalse(kept.isClosed());
      assertEquals(1, outer.size());
    }
    assertEquals(0, pool.inUseBytes());
  }

  @Test
  void keepOfAnotherScopesHandleLeavesItThere() {
    StridedArray outside = make();
    try (Scope scope = Scope.open()) {
      assertSame(outside, scope.keep(outside));
    }
    assertFalse(outside.isClosed());
    assertEquals(1, around.size());
  }

  @Test
  void keepWithinASuspendedScopeLeavesAllScopes() {
    StridedArray kept;
    try (Scope suspended = Scope.suspend();
        Scope scope = Scope.open()) {
      kept = make();
      scope.keep(kept);
      assertSame(kept, suspended.keep(kept));
    }
    assertFalse(kept.isClosed());
    assertEquals(0, around.size());
    kept.close();
    assertTrue(kept.isClosed());
    assertEquals(0, pool.inUseBytes());
  }

  @Test
  void suspendedHandlesJoinNothing() {
    assertTrue(Scope.isActive());
    StridedArray outlives;
    try (Scope suspended = Scope.suspend()) {
      assertFalse(Scope.isActive());
      outlives = make();
      assertEquals(0, suspended.size());
      try (Scope within = Scope.open()) {
        assertTrue(Scope.isActive());
        make();
        assertEquals(1, within.size());
      }
    }
    assertFalse(outlives.isClosed());
    outlives.close();
    assertEquals(0, pool.inUseBytes());
  }

  @Test
  void disownedHandlesAreTheCallersToClose() {
    StridedArray own;
    try (Scope scope = Scope.open()) {
      own = Scope.disown(make());
      assertEquals(0, scope.size());
      assertSame(own, Scope.disown(own));
    }
    assertFalse(own.isClosed());
    own.close();
    own.close();
    assertTrue(own.isClosed());
    assertEquals(0, pool.inUseBytes());
    assertThrows(ClosedTensorException.class, () -> Scope.disown(own));
  }

  @Test
  void disownRefusesAnotherThreadsHandle() {
    StridedArray handle = make();
    ExecutionException e =
        assertThrows(ExecutionException.class, () -> onAnotherThread(() -> Scope.disown(handle)));
    assertTrue(e.getCause() instanceof ScopeException, e.toString());
    assertEquals(1, around.size());
  }

  @Test
  void outOfOrderCloseIsRefusedAndClosesNothing() {
    Scope outer = Scope.open();
    StridedArray handle = make();
    Scope inner = Scope.open();
    ScopeException e = assertThrows(ScopeException.class, outer::close);
    assertEquals("close: a scope within this one is still open", e.getMessage());
    assertFalse(handle.isClosed());
    inner.close();
    outer.close();
    assertTrue(handle.isClosed());
    outer.close();
  }

  @Test
  void anotherThreadMayNeitherCloseNorKeep() {
    StridedArray handle = make();
    ExecutionException close =
        assertThrows(
            ExecutionException.class,
            () ->
                onAnotherThread(() -> {
                  around.close();
                  return null;
                }));
    assertTrue(close.getCause().getMessage().contains("the scope belongs to thread"));
    ExecutionException keep =
        assertThrows(ExecutionException.class, () -> onAnotherThread(() -> around.keep(handle)));
    assertTrue(keep.getCause() instanceof ScopeException);
    assertFalse(handle.isClosed());
  }

  @Test
  void keepRefusesClosedHandlesAndClosedScopes() {
    Scope scope = Scope.open();
    StridedArray closed = make();
    closed.close();
    assertThrows(ClosedTensorException.class, () -> scope.keep(closed));
    StridedArray open = around.keep(make());
    scope.close();
    ScopeException e = assertThrows(ScopeException.class, () -> scope.keep(open));
    assertEquals("keep: the scope has been closed", e.getMessage());
    open.close();
  }

  @Test
  void closingEarlyGivesBackAtOnceAndTakesNoRoom() {
    try (Scope scope = Scope.open()) {
      for (int i = 0; i < 10_000; i++) {
        StridedArray handle = make();
        assertEquals(1, pool.statistics().liveBlocks());
        handle.close();
        handle.close();
      }
      assertEquals(0, scope.size());
      assertEquals(0, pool.inUseBytes());
    }
  }

  @Test
  void manyHandles() {
    List<StridedArray> made = new ArrayList<>();
    try (Scope scope = Scope.open()) {
      for (int i = 0; i < 100_000; i++) {
        made.add(make());
      }
      for (int i = 0; i < made.size(); i += 3) {
        made.get(i).close();
      }
      assertEquals(100_000 - 33_334, scope.size());
    }
    assertTrue(made.stream().allMatch(StridedArray::isClosed));
    assertEquals(0, pool.inUseBytes());
  }

  @Test
  void anExceptionInTheBodyClosesAll() {
    StridedArray[] made = new StridedArray[1];
    assertThrows(
        IllegalStateException.class,
        () -> {
          try (Scope _ = Scope.open()) {
            made[0] = make();
            throw new IllegalStateException("body");
          }
        });
    assertTrue(made[0].isClosed());
    assertEquals(0, pool.inUseBytes());
  }

  @Test
  void anotherThreadsCloseGivesBackWithTheScope() throws Exception {
    StridedArray handle;
    try (Scope scope = Scope.open()) {
      handle = make();
      onAnotherThread(() -> {
        handle.close();
        return null;
      });
      assertTrue(handle.isClosed());
      assertEquals(0, scope.size());
      handle.close();
    }
    assertEquals(0, pool.inUseBytes());
  }

  @Test
  void anotherThreadsClosesDoNotPileUp() throws Exception {
    try (Scope scope = Scope.open()) {
      for (int round = 0; round < 100; round++) {
        List<StridedArray> made = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
          made.add(make());
        }
        onAnotherThread(() -> {
          made.forEach(StridedArray::close);
          return null;
        });
      }
      assertEquals(0, scope.size());
      assertTrue(pool.statistics().liveBlocks() <= 32, pool.statistics().toString());
    }
    assertEquals(0, pool.inUseBytes());
  }

  @Test
  void whatIsAttachedMayCloseHandlesOfTheSameScope() {
    try (Scope _ = Scope.open()) {
      Attached[] all = new Attached[50];
      for (int i = 0; i < all.length; i++) {
        all[i] = new Attached(pool.allocate(4));
      }
      for (int i = 0; i < all.length; i++) {
        Attached other = all[(i * 7 + 3) % all.length];
        all[i].onDetach(other::close);
      }
      all[25].close();
    }
    assertEquals(0, pool.inUseBytes());
  }

  @Test
  void aFailureOfWhatIsAttachedDoesNotKeepOthersOpen() {
    Scope scope = Scope.open();
    StridedArray before = make();
    for (int i = 0; i < 3; i++) {
      String name = "failure " + i;
      new Attached(pool.allocate(4))
          .onDetach(() -> {
            throw new IllegalStateException(name);
          });
    }
    StridedArray after = make();
    IllegalStateException e = assertThrows(IllegalStateException.class, scope::close);
    assertEquals("failure 2", e.getMessage());
    assertEquals(2, e.getSuppressed().length);
    assertTrue(before.isClosed());
    assertTrue(after.isClosed());
    assertEquals(0, pool.inUseBytes());
    assertEquals(0, around.size());
  }

  private static final class Attached extends StridedArray {
    Attached(Storage storage) {
      super(storage, DType.FLOAT32, Layout.contiguous(Shape.of(1)));
    }

    void onDetach(Attachment next) {
      attach(next);
    }
  }

  @Test
  void attachmentsAreGivenUpOnce() {
    int[] detached = new int[1];
    Attached early;
    try (Scope scope = Scope.open()) {
      early = new Attached(pool.allocate(4));
      early.onDetach(() -> detached[0]++);
      early.close();
      assertEquals(1, detached[0]);
      new Attached(pool.allocate(4)).onDetach(() -> detached[0]++);
      Attached kept = scope.keep(new Attached(pool.allocate(4)));
      kept.onDetach(() -> detached[0]++);
      try (Scope _ = Scope.suspend()) {
        Attached free = new Attached(pool.allocate(4));
        free.onDetach(() -> detached[0]++);
        free.close();
      }
      assertEquals(2, detached[0]);
    }
    assertEquals(3, detached[0]);
    early.close();
    assertEquals(3, detached[0]);
    around.close();
    assertEquals(4, detached[0]);
  }

  @Test
  void closingFromOtherThreadsWhileTheScopeCloses() throws Exception {
    for (int round = 0; round < 300; round++) {
      AtomicReference<StridedArray[]> shared = new AtomicReference<>();
      CountDownLatch ready = new CountDownLatch(1);
      Thread closer =
          Thread.ofPlatform()
              .start(() -> {
                while (shared.get() == null) {
                  Thread.onSpinWait();
                }
                ready.countDown();
                for (StridedArray handle : shared.get()) {
                  handle.close();
                }
              });
      try (Scope scope = Scope.open()) {
        StridedArray[] handles = new StridedArray[64];
        for (int i = 0; i < handles.length; i++) {
          handles[i] = make();
        }
        shared.set(handles);
        ready.await();
        if (round % 3 == 0) {
          for (StridedArray handle : handles) {
            handle.close();
          }
        } else if (round % 3 == 1) {
          keepWhatIsOpen(scope, handles);
        }
      }
      closer.join();
      around.close();
      assertEquals(0, pool.statistics().liveBlocks(), "round " + round);
      around = Scope.open();
    }
  }

  private static void keepWhatIsOpen(Scope scope, StridedArray[] handles) {
    for (StridedArray handle : handles) {
      try {
        scope.keep(handle);
      } catch (ClosedTensorException e) {
        assertTrue(handle.isClosed());
      }
    }
  }

  @Test
  void keepingOutOfEveryScopeWhileAnotherThreadCloses() throws Exception {
    for (int round = 0; round < 300; round++) {
      AtomicReference<StridedArray[]> shared = new AtomicReference<>();
      CountDownLatch ready = new CountDownLatch(1);
      Thread closer =
          Thread.ofPlatform()
              .start(() -> {
                while (shared.get() == null) {
                  Thread.onSpinWait();
                }
                ready.countDown();
                for (StridedArray handle : shared.get()) {
                  handle.close();
                }
              });
      try (Scope _ = Scope.suspend();
          Scope scope = Scope.open()) {
        StridedArray[] handles = new StridedArray[64];
        for (int i = 0; i < handles.length; i++) {
          handles[i] = make();
        }
        shared.set(handles);
        ready.await();
        keepWhatIsOpen(scope, handles);
      }
      closer.join();
      assertEquals(0, pool.statistics().liveBlocks(), "round " + round);
    }
  }

  @Test
  void scopesWorkOnVirtualThreads() throws Exception {
    List<Thread> threads = new ArrayList<>();
    List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
    for (int t = 0; t < 200; t++) {
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                try (Scope scope = Scope.open()) {
                  for (int i = 0; i < 20; i++) {
                    StridedArray.allocate(DType.FLOAT32, Shape.of(100));
                    Thread.yield();
                  }
                  assertEquals(20, scope.size());
                } catch (RuntimeException | AssertionError e) {
                  failures.add(e);
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(List.of(), failures);
  }
}
