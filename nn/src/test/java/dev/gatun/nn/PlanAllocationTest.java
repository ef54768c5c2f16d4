package dev.gatun.nn;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.NoGrad;
import dev.gatun.autograd.Tensor;
import dev.gatun.autograd.plan.Plan;
import dev.gatun.memory.Scope;
import dev.gatun.nn.optim.Adam;
import org.junit.jupiter.api.Test;

/** Once compiled, replays allocate nothing on the heap. Runs in a JVM of its own. */
class PlanAllocationTest {
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
        ReplayAllocation.assertNothingIsAllocated("inference", () -> plan.run(x));
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
        ReplayAllocation.assertNothingIsAllocated("training", () -> plan.run(x, target));
      }
    }
  }
}
