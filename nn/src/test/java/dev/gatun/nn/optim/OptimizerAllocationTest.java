package dev.gatun.nn.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.gatun.autograd.Gatun;
import dev.gatun.kernels.random.Generator;
import dev.gatun.memory.MemoryPool;
import dev.gatun.memory.Scope;
import dev.gatun.nn.Linear;
import dev.gatun.nn.ReLU;
import dev.gatun.nn.Sequential;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Once compiled, steps allocate nothing. Runs in a JVM of its own. */
class OptimizerAllocationTest {
  @Test
  void stepsLeaveNoTraceOnTheHeapOrInThePool() throws InterruptedException {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = MemoryPool.shared().statistics().inUseBytes();
    Generator generator = new Generator(4);
    // None of the sizes is a multiple of a vector's.
    Sequential model =
        new Sequential(
            new Linear(61, 33, true, generator), new ReLU(), new Linear(33, 10, true, generator));
    try (Adam adam = new Adam(model.parameters(), 1e-3);
        AdamW adamW = new AdamW(model.parameters(), 1e-3);
        SGD sgd =
            new SGD(model.parameters(), SGDOptions.of(1e-3).withMomentum(0.9).withNesterov(true))) {
      try (Scope inner = Scope.open()) {
        model.forward(Gatun.ones(8, 61)).sum().backward();
      }
      for (Optimizer optimizer : List.of(adam, adamW, sgd)) {
        // The JIT compiler decides when the warm-up is over, and needs processor time for it.
        long thread = Thread.currentThread().threadId();
        long allocated = Long.MAX_VALUE;
        for (int round = 0; round < 2000 && allocated != 0; round++) {
          long start = threads.getThreadAllocatedBytes(thread);
          for (int i = 0; i < 100; i++) {
            optimizer.step();
          }
          allocated = threads.getThreadAllocatedBytes(thread) - start;
          if (allocated != 0) {
            Thread.sleep(10);
          }
        }
        assertEquals(0, allocated, optimizer + ": bytes allocated in 100 steps");
      }
    }
    assertTrue(MemoryPool.shared().statistics().inUseBytes() > before);
    model.close();
    assertEquals(before, MemoryPool.shared().statistics().inUseBytes());
  }
}
