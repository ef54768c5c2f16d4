package dev.gatun.bench.timing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SliceTimerTest {
  private static final long SPAN = 10_000_000;

  private final AtomicLong clock = new AtomicLong();
  private final SliceTimer timer = new SliceTimer(clock::get);

  @Test
  void aSliceHoldsAtLeastOneBatchAfterAWakingCall() {
    var calls = new AtomicInteger();
    double seconds =
        timer.slice(
            () -> {
              calls.incrementAndGet();
              take(2_000_000);
            },
            new SliceTimer.Pace(2_000_000, 5),
            0);
    assertEquals(6, calls.get());
    assertEquals(2e-3, seconds, 1e-12);
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
          take(31_000_000);
        };
    assertEquals(31_000_000, timer.warmUp(operation, SPAN, 1_000_000_000L).fastestNanos());
    assertEquals(2, calls.get());
  }

  @Test
  void warmUpCallsAtLeastOnceAndLongCallsMakeABatchEach() {
    var calls = new AtomicInteger();
    Runnable operation =
        () -> {
          calls.incrementAndGet();
          take(1_000_000);
        };
    assertEquals(1, timer.warmUp(operation, SPAN, 0).callsPerBatch());
    assertTrue(calls.get() >= 1);
    var pace = timer.warmUpJava(operation, 0, 0);
    assertEquals(1, pace.callsPerBatch());
    assertEquals(1_000_000, pace.fastestNanos());
  }

  @Test
  void shortCallsAreTimedInBatches() {
    assertEquals(
        new SliceTimer.Pace(1000, 500), timer.warmUp(() -> take(1000), SPAN, 1_000_000_000L));
  }

  @Test
  void timeIsThatOfOneCall() {
    double seconds = timer.slice(() -> take(200_000), new SliceTimer.Pace(200_000, 3), 1_000_000);
    assertEquals(200e-6, seconds, 1e-12);
  }

  /** Takes that long by the timer's clock. */
  private void take(long nanos) {
    clock.addAndGet(nanos);
  }
}
