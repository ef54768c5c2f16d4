package dev.gatun.autograd.check;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.autograd.plan.Plan;
import dev.gatun.memory.MemoryObserver;
import dev.gatun.memory.PlanException;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Storage;
import dev.gatun.memory.StridedArray;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Compares replays of captured calls with the calls themselves. */
final class PlanChecks {
  private PlanChecks() {}

  /**
   * Captures a call and its backward pass on some inputs, replays it on others, and compares. The
   * replays must take no memory from a pool.
   *
   * <p>Results agree to the last bit, gradients to a few: an operation whose backward pass chooses
   * its way by looking at elements takes a more general one where it is captured.
   *
   * @param name the name of the operation
   * @param call computes the result
   * @param differentiable for each input whether its gradient is compared
   * @param captured the inputs to capture the call on
   * @param replayed the inputs to replay it on
   */
  static void compare(
      String name,
      Function<Tensor[], Tensor> call,
      boolean[] differentiable,
      Tensor[] captured,
      Tensor[] replayed) {
    Function<Tensor[], Tensor[]> step = inputs -> step(call, differentiable, inputs);
    Plan plan;
    try {
      plan = Plan.capture(step, captured);
    } catch (PlanException e) {
      String message = String.valueOf(e.getMessage());
      if (!message.startsWith(name)) {
        throw new CheckException(name + ": refused by '" + message + "', which does not name it");
      }
      return;
    }
    try (Scope scope = Scope.open();
        plan) {
      for (int round = 0; round < 2; round++) {
        Tensor[] inputs = round == 0 ? replayed : captured;
        Tensor[] expected = step.apply(inputs);
        replay(name, plan, inputs);
        String what = name + " replayed";
        Comparison.assertSame(what, expected[0], plan.output());
        for (int i = 1; i < expected.length; i++) {
          Comparison.assertClose(what + ": gradient " + (i - 1), expected[i], plan.output(i));
        }
      }
    }
  }

  /** Runs a plan, which must take no memory from a pool. */
  private static void replay(String name, Plan plan, Tensor[] inputs) {
    LongAdder taken = new LongAdder();
    MemoryObserver counting =
        new MemoryObserver() {
          @Override
          public void allocated(Storage storage) {
            taken.increment();
          }

          @Override
          public void handedOut(String operation, StridedArray array) {}
        };
    try (MemoryObserver.Observation observation = MemoryObserver.observe(counting)) {
      plan.run(inputs);
    }
    if (taken.sum() != 0) {
      throw new CheckException(
          name + ": a replay took memory from the pool " + taken.sum() + " times");
    }
  }

  private static Tensor[] step(
      Function<Tensor[], Tensor> call, boolean[] differentiable, Tensor[] given) {
    Tensor[] inputs = new Tensor[given.length];
    List<Tensor> leaves = new ArrayList<>();
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = given[i].detach();
      if (differentiable[i]) {
        leaves.add(inputs[i].requiresGrad_());
      }
    }
    Tensor result = call.apply(inputs);
    List<Tensor> outputs = new ArrayList<>();
    outputs.add(result.detach());
    if (result.requiresGrad()) {
      @Nullable Tensor[] gradients =
          Gatun.grad(
              new Tensor[] {result},
              new Tensor[] {Gatun.onesLike(result)},
              leaves.toArray(new Tensor[0]),
              false,
              false,
              true);
      for (Tensor gradient : gradients) {
        if (gradient != null) {
          outputs.add(gradient);
        }
      }
    }
    return outputs.toArray(new Tensor[0]);
  }
}
