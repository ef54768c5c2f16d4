package dev.gatun.bench.first;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class CallLogTest {

  private static final long MILLI = 1_000_000;

  private static CallLog log(long... millis) {
    var log = new CallLog();
    for (long duration : millis) {
      log.add(duration * MILLI);
    }
    return log;
  }

  @Test
  void fullSpeedIsThatOfTheEnd() {
    var log = log(90, 50, 20, 20, 20, 20, 10, 10, 12, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10);
    assertEquals(90 * MILLI, log.firstNanos());
    assertEquals(10 * MILLI, log.fullSpeedNanos());
    // The second window of five calls has a median of 10 ms, and a slow call to begin with.
    assertEquals((90 + 50 + 20 + 20 + 20 + 20) * MILLI, log.steadyNanos());
  }

  @Test
  void callsThatAreFastFromTheStartHaveNothingToWaitFor() {
    assertEquals(0, log(10, 10, 10, 10, 10, 10, 10, 10, 10, 10).steadyNanos());
  }

  @Test
  void aSlowFirstCallAloneIsAllThereIsToWaitFor() {
    assertEquals(70 * MILLI, log(70, 10, 10, 10, 10, 10, 10, 10, 10, 10).steadyNanos());
  }

  @Test
  void growsAsNeeded() {
    var log = new CallLog();
    for (int call = 0; call < 5000; call++) {
      log.add(call < 2000 ? 9000 : 1000);
    }
    assertEquals(1000, log.fullSpeedNanos());
    assertEquals(2000 * 9000, log.steadyNanos(), 5 * MILLI);
  }
}
