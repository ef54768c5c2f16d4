package dev.gatun.autograd;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.gatun.memory.Scope;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** What a call costs on the heap, once it is compiled. Runs in a JVM of its own. */
class EagerAllocationTest {
  private static final int SCOPES = 200;
  private static final int CALLS_IN_A_SCOPE = 50;
  private static final int MOST_ROUNDS = 200;
  private static final long MOST_BYTES = 128;

  @Test
  void aSmallAdditionInAScopeIsAHandleAndLittleElse() throws InterruptedException {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Scope scope = Scope.open()) {
      Tensor a = Gatun.rand(32);
      Tensor b = Gatun.rand(32);
      long bytes = Long.MAX_VALUE;
      // The JIT compiler decides when the warm-up is over, and needs processor time for it.
      for (int round = 0; round < MOST_ROUNDS && bytes > MOST_BYTES; round++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < SCOPES; i++) {
          addInScope(a, b);
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        bytes = allocated / (SCOPES * CALLS_IN_A_SCOPE);
        if (bytes > MOST_BYTES) {
          Thread.sleep(50);
        }
      }
      assertTrue(bytes <= MOST_BYTES, bytes + " bytes for an addition of 32 elements");
    }
  }

  private static void addInScope(Tensor a, Tensor b) {
    try (Scope inner = Scope.open()) {
      for (int call = 0; call < CALLS_IN_A_SCOPE; call++) {
        a.add(b);
      }
    }
  }
}
