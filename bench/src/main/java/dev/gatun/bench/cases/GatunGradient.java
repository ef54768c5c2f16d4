package dev.gatun.bench.cases;

import dev.gatun.autograd.Tensor;
import dev.gatun.bench.contest.Call;
import dev.gatun.bench.contest.Operands;
import dev.gatun.memory.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Gatun computing forward and backward, the gradients of the step before dropped first. */
final class GatunGradient implements Call {

  private final Tensor[] in;
  private final List<Tensor> leaves = new ArrayList<>();
  private final Function<Tensor[], Tensor> forward;
  private final @Nullable Tensor seed;

  /**
   * Prepares work.
   *
   * @param operands the inputs; where the work's result is not a scalar, the last one is the
   *     gradient it is given
   * @param leaves how many of the first inputs want gradients
   * @param isSeeded whether the result is not a scalar
   * @param forward the work
   */
  GatunGradient(
      Operands operands, int leaves, boolean isSeeded, Function<Tensor[], Tensor> forward) {
    this.forward = forward;
    in = GatunCall.wrapAll(operands);
    for (int i = 0; i < leaves; i++) {
      this.leaves.add(in[i].requiresGrad_());
    }
    seed = isSeeded ? in[in.length - 1] : null;
  }

  @Override
  public void run() {
    for (int i = 0; i < leaves.size(); i++) {
      leaves.get(i).zeroGrad();
    }
    try (var _ = Scope.open()) {
      forward.apply(in).backward(seed, false, false);
    }
  }

  @Override
  public double[] result() {
    return Results.joined(
        leaves.stream().map(leaf -> Results.present(leaf.grad()).toDoubleArray()).toList());
  }
}
