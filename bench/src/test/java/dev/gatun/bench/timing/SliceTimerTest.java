package dev.gatun.bench.timing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SliceTimerTest {

  private final SliceTimer timer = new SliceTimer();

  @Test
  void aSliceHoldsAtLeastOneBatch() {
    var calls = new AtomicInteger();
    double seconds = timer.slice(calls::incrementAndGet, 5, 0);
    assertEquals(5, calls.get());
    assertTrue(seconds >= 0);
  }

  @Test
  void warmUpCallsAtLeastOnceAndLongCallsMakeABatchEach() {
    var calls = new AtomicInteger();
    int batch =
        timer.warmUp(
            () -> {
              calls.incrementAndGet();
              spin(1_000_000);
            },
            0,
            0);
    assertTrue(calls.get() >= 1);
    assertEquals(1, batch);
  }

  @Test
  void timeIsThatOfOneCall() {
    double seconds = timer.slice(() -> spin(200_000), 3, 1_000_000);
    assertTrue(seconds >= 200e-6, () -> seconds + " s for a call of 200 us");
  }

  private static void spin(long nanos) {
    long end = System.nanoTime() + nanos;
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }
}
