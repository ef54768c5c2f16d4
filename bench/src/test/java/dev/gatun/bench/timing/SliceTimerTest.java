package dev.gatun.bench.timing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SliceTimerTest {
  private static final long SPAN = 10_000_000;

  private final SliceTimer timer = new SliceTimer();

  @Test
  void aSliceHoldsAtLeastOneBatchAfterAWakingCall() {
    var calls = new AtomicInteger();
    double seconds =
        timer.slice(
            () -> {
              calls.incrementAndGet();
              spin(2_000_000);
            },
            new SliceTimer.Pace(2_000_000, 5),
            0);
    assertEquals(6, calls.get());
    assertTrue(seconds >= 0);
  }

  @Test
  void aLongCallIsTimedFromTheFirstOn() {
    var calls = new AtomicInteger();
    timer.slice(calls::incrementAndGet, new SliceTimer.Pace(20_000_000, 1), 0);
    assertEquals(1, calls.get());
  }

  @Test
  void twoLongCallsWarmNativeCodeUp() {
    var calls = new AtomicInteger();
    Runnable operation =
        () -> {
          calls.incrementAndGet();
          spin(31_000_000);
        };
    assertTrue(timer.warmUp(operation, SPAN, 1_000_000_000L).fastestNanos() >= 31_000_000);
    assertEquals(2, calls.get());
  }

  @Test
  void warmUpCallsAtLeastOnceAndLongCallsMakeABatchEach() {
    var calls = new AtomicInteger();
    Runnable operation =
        () -> {
          calls.incrementAndGet();
          spin(1_000_000);
        };
    assertEquals(1, timer.warmUp(operation, SPAN, 0).callsPerBatch());
    assertTrue(calls.get() >= 1);
    var pace = timer.warmUpJava(operation, 0, 0);
    assertEquals(1, pace.callsPerBatch());
    assertTrue(pace.fastestNanos() >= 1_000_000);
  }

  @Test
  void shortCallsAreTimedInBatches() {
    assertTrue(timer.warmUp(() -> spin(1000), SPAN, 1_000_000_000L).callsPerBatch() > 10);
  }

  @Test
  void timeIsThatOfOneCall() {
    double seconds = timer.slice(() -> spin(200_000), new SliceTimer.Pace(200_000, 3), 1_000_000);
    assertTrue(seconds >= 200e-6, () -> seconds + " s for a call of 200 us");
  }

  private static void spin(long nanos) {
    long end = System.nanoTime() + nanos;
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }
}
