package dev.gatun.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class LeakTrackerTest {
  private static StridedArray makeItHere() {
    return StridedArray.allocate(DType.FLOAT32, Shape.of(7));
  }

  private static void closeItHere(StridedArray array) {
    array.close();
  }

  private static void assertMentions(String text, String... parts) {
    for (String part : parts) {
      assertTrue(text.contains(part), () -> part + " is missing in: " + text);
    }
  }

  @Test
  void isOffUnlessAsked() {
    assertFalse(LeakTracker.isOn());
    try (LeakTracker.Span span = LeakTracker.track()) {
      assertTrue(LeakTracker.isOn());
      assertEquals(0, span.survivors().size());
    }
    assertFalse(LeakTracker.isOn());
  }

  @Test
  void aSpanNamesThePlaceWhereSurvivorsWereMade() {
    StridedArray survivor;
    try (Scope _ = Scope.open()) {
      LeakTracker.Span span = LeakTracker.track();
      survivor = makeItHere();
      try (Scope _ = Scope.open()) {
        makeItHere();
      }
      LeakException e = assertThrows(LeakException.class, span::close);
      assertMentions(
          e.getMessage(),
          "leaks: 1 handles are still open",
          "float32[7] made",
          "LeakTrackerTest.makeItHere",
          "LeakTrackerTest.aSpanNamesThePlaceWhereSurvivorsWereMade");
      assertFalse(e.getMessage().contains("StridedArray.allocate"), e.getMessage());
      span.close();
      assertEquals(0, LeakTracker.survivors().size());
    }
    assertTrue(survivor.isClosed());
  }

  @Test
  void aSpanIsQuietWhenAllIsClosed() {
    try (LeakTracker.Span span = LeakTracker.track();
        Scope _ = Scope.open()) {
      makeItHere();
      makeItHere().close();
      assertEquals(1, span.survivors().size());
      assertEquals(1, LeakTracker.survivors().size());
    }
  }

  @Test
  void spansNest() {
    try (Scope _ = Scope.open();
        LeakTracker.Span outer = LeakTracker.track()) {
      StridedArray first = makeItHere();
      try (LeakTracker.Span inner = LeakTracker.track()) {
        assertEquals(0, inner.survivors().size());
        makeItHere().close();
      }
      assertTrue(LeakTracker.isOn());
      assertEquals(1, outer.survivors().size());
      first.close();
    }
  }

  @Test
  void anErrorNamesThePlaceWhereTheTensorWasClosed() {
    try (LeakTracker.Span _ = LeakTracker.track();
        Scope _ = Scope.open()) {
      StridedArray array = makeItHere();
      closeItHere(array);
      array.close();
      String message =
          assertThrows(ClosedTensorException.class, () -> array.checkOpen("add")).getMessage();
      assertMentions(
          message,
          "add: the float32[7] tensor has been closed; closed",
          "LeakTrackerTest.closeItHere",
          "LeakTrackerTest.anErrorNamesThePlaceWhereTheTensorWasClosed");
    }
  }

  @Test
  void anErrorNamesThePlaceWhereTheScopeWasClosed() {
    try (LeakTracker.Span _ = LeakTracker.track()) {
      StridedArray array = makeInAScope();
      String message =
          assertThrows(ClosedTensorException.class, () -> array.checkOpen("add")).getMessage();
      assertMentions(
          message, "has been closed with its scope; closed", "LeakTrackerTest.makeInAScope");
    }
  }

  private static StridedArray makeInAScope() {
    try (Scope _ = Scope.open()) {
      return makeItHere();
    }
  }

  @Test
  void handlesMadeBeforeLeakModeAreTracedWhenClosed() {
    try (Scope _ = Scope.open()) {
      StridedArray before = makeItHere();
      try (LeakTracker.Span span = LeakTracker.track()) {
        assertEquals(0, span.survivors().size());
        closeItHere(before);
        assertMentions(
            assertThrows(ClosedTensorException.class, () -> before.checkOpen("x")).getMessage(),
            "LeakTrackerTest.closeItHere");
      }
    }
  }

  @Test
  void anotherThreadsCloseIsThePlaceThatIsNamed() throws InterruptedException {
    try (LeakTracker.Span span = LeakTracker.track();
        Scope scope = Scope.open()) {
      StridedArray array = makeItHere();
      Thread closer = Thread.ofPlatform().start(() -> closeItHere(array));
      closer.join();
      assertEquals(0, span.survivors().size());
      assertEquals(0, scope.size());
      assertMentions(
          assertThrows(ClosedTensorException.class, () -> array.checkOpen("x")).getMessage(),
          "LeakTrackerTest.closeItHere");
    }
  }

  @Test
  void aPoolThatClosesNamesItsSurvivors() {
    MemoryPool pool = new MemoryPool("leaky", 1 << 24);
    try (LeakTracker.Span _ = LeakTracker.track();
        Scope _ = Scope.open()) {
      makeFrom(pool);
      makeItHere();
      LeakException e = assertThrows(LeakException.class, pool::close);
      assertMentions(
          e.getMessage(),
          "close: 1 blocks of the pool 'leaky' (128 bytes) are still in use:",
          "int8[9] made",
          "LeakTrackerTest.makeFrom");
      assertFalse(e.getMessage().contains("makeItHere"), e.getMessage());
    }
    pool.close();
  }

  private static StridedArray makeFrom(MemoryPool pool) {
    return new StridedArray(pool.allocate(9), DType.INT8, Layout.contiguous(Shape.of(9)));
  }

  @Test
  void longListsAreCut() {
    try (Scope _ = Scope.open()) {
      LeakTracker.Span span = LeakTracker.track();
      for (int i = 0; i < 40; i++) {
        makeItHere();
      }
      assertEquals(40, span.survivors().size());
      String message = assertThrows(LeakException.class, span::close).getMessage();
      assertMentions(message, "leaks: 40 handles are still open");
      assertEquals(10, message.split("float32\\[7\\] made", -1).length - 1);
    }
  }
}
