package dev.gatun.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** What calls do once the compiler is done with them. */
public final class SteadyState {
  private static final int CALLS = 100;
  private static final int MOST_ROUNDS = 2_000;

  /** In milliseconds: calls on every processor would keep the compiler from its work. */
  private static final int PAUSE = 10;

  private SteadyState() {}

  /** Calls in rounds, until one allocates nothing on the heap; fails when none does. */
  public static void assertNothingIsAllocated(String what, Runnable call) {
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    assertTrue(threads.isThreadAllocatedMemoryEnabled(), "nothing would be counted");
    long allocated = allocatedInARound(threads, call);
    for (int round = 1; round < MOST_ROUNDS && allocated != 0; round++) {
      try {
        Thread.sleep(PAUSE);
      } catch (InterruptedException e) {
        throw new AssertionError("interrupted in the steady state of " + what, e);
      }
      allocated = allocatedInARound(threads, call);
    }
    assertEquals(0, allocated, "bytes in " + CALLS + " calls of " + what);
  }

  private static long allocatedInARound(ThreadMXBean threads, Runnable call) {
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < CALLS; i++) {
      call.run();
    }
    return threads.getCurrentThreadAllocatedBytes() - before;
  }
}
