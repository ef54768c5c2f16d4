package dev.gatun.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Measures what replays leave on the heap, in a JVM that does nothing else. */
final class ReplayAllocation {
  private static final int REPLAYS = 10_000;
  private static final int MOST_ROUNDS = 200;

  private ReplayAllocation() {}

  static void assertNothingIsAllocated(String what, Runnable call) throws InterruptedException {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    // The JIT compiler decides when the warm-up is over, and needs processor time for it.
    long allocated = Long.MAX_VALUE;
    for (int round = 0; round < MOST_ROUNDS && allocated != 0; round++) {
      long start = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < REPLAYS; i++) {
        call.run();
      }
      allocated = threads.getCurrentThreadAllocatedBytes() - start;
      if (allocated != 0) {
        Thread.sleep(100);
      }
    }
    assertEquals(0, allocated, what + ": bytes allocated in " + REPLAYS + " replays");
  }
}
