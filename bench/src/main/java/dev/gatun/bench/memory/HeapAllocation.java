package dev.gatun.bench.memory;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** What this thread has allocated on the heap, as HotSpot counts it. */
final class HeapAllocation {

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private HeapAllocation() {}

  static long bytesOfThisThread() {
    return THREADS.getCurrentThreadAllocatedBytes();
  }
}
