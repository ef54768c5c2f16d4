package dev.gatun.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.NoGrad;
import dev.gatun.autograd.Tensor;
import dev.gatun.autograd.plan.Plan;
import dev.gatun.memory.Scope;
import dev.gatun.nn.optim.Adam;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** Once compiled, replays allocate nothing on the heap. Runs in a JVM of its own. */
class PlanAllocationTest {
  private static final int REPLAYS = 10_000;
  private static final int MOST_ROUNDS = 200;

  private static void assertNothingIsAllocated(String what, Runnable call)
      throws InterruptedException {
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

  @Test
  void replaysLeaveNoTraceOnTheHeap() throws InterruptedException {
    try (Sequential model =
            new Sequential(
                new Linear(20, 16), new ReLU(), new Dropout(), new Linear(16, 8), new GELU());
        Adam adam = new Adam(model.parameters(), 1e-4);
        Scope scope = Scope.open()) {
      Tensor x = Gatun.rand(7, 20);
      Tensor target = Gatun.rand(7, 8);
      model.eval();
      try (NoGrad off = NoGrad.open();
          Plan plan = Plan.capture(model::forward, x)) {
        assertNothingIsAllocated("inference", () -> plan.run(x));
      }
      model.train();
      try (Plan plan =
          Plan.capture(
              (input, wanted) -> {
                adam.zeroGrad();
                Tensor loss = model.forward(input).sub(wanted).square().mean();
                loss.backward();
                adam.step();
                return loss;
              },
              x,
              target)) {
        assertNothingIsAllocated("training", () -> plan.run(x, target));
      }
    }
  }
}
