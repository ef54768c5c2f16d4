package dev.gatun.nn;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.autograd.plan.Plan;
import dev.gatun.memory.DType;
import dev.gatun.memory.Scope;
import org.junit.jupiter.api.Test;

/** Orders, and products of half precision, too. Runs in a JVM of its own. */
class PlanScratchAllocationTest {
  @Test
  void whatKernelsComputeInIsThereBefore() throws InterruptedException {
    try (Scope scope = Scope.open()) {
      Tensor x = Gatun.rand(2, 3, 300);
      Tensor half = x.to(DType.FLOAT16);
      Tensor weight = Gatun.rand(300, 20).to(DType.FLOAT16);
      Tensor bounds = Gatun.arange(0.0, 1.0, 0.125);
      try (Plan plan =
          Plan.capture(
              given ->
                  new Tensor[] {
                    given[0].sort(-1).values(),
                    given[0].to(DType.FLOAT64).sort(-1).values(),
                    given[0].topk(5).values(),
                    given[0].median(-1).values(),
                    given[0].mode(-1).values(),
                    given[0].cummax(-1).values(),
                    given[0].bucketize(bounds),
                    given[0].logsumexp(0, 2),
                    given[1].matmul(weight)
                  },
              x,
              half)) {
        ReplayAllocation.assertNothingIsAllocated("orders and half precision", plan::replay);
      }
    }
  }
}
