package dev.gatun.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** What calls do once the compiler is done with them. */
public final class SteadyState {
  private static final int CALLS = 50;
  private static final long MOST_NANOSECONDS = 60_000_000_000L;

  private SteadyState() {}

  /** Calls until a round allocates nothing on the heap; fails when none does for a minute. */
  public static void assertNothingIsAllocated(String what, Runnable call) {
    var beans = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long allocated = Long.MAX_VALUE;
    long start = System.nanoTime();
    while (allocated != 0 && System.nanoTime() - start < MOST_NANOSECONDS) {
      long before = beans.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < CALLS; i++) {
        call.run();
      }
      allocated = beans.getCurrentThreadAllocatedBytes() - before;
    }
    assertEquals(0, allocated, "bytes in " + CALLS + " calls of " + what);
  }
}
