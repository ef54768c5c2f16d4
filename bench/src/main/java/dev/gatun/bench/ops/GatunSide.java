package dev.gatun.bench.ops;

import dev.gatun.autograd.Tensor;
import dev.gatun.bench.parity.ParityCase;
import dev.gatun.memory.Scope;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Gatun's side of a call. */
final class GatunSide {

  private final Function<Tensor[], Tensor> call;
  private final Tensor[] inputs;
  private final List<Tensor> leaves;
  private @Nullable Tensor seed;

  /**
   * Prepares.
   *
   * @param call the call
   * @param withGradients whether gradients are to flow
   */
  GatunSide(ParityCase call, boolean withGradients) {
    this.call = call.gatun();
    inputs = call.inputs().toArray(Tensor[]::new);
    leaves =
        withGradients
            ? call.leaves().stream().map(leaf -> inputs[leaf].requiresGrad_()).toList()
            : List.of();
  }

  /** The result, of the innermost scope. */
  Tensor compute() {
    return call.apply(inputs);
  }

  /** Has {@link #run} go backward too, from this gradient of the result. */
  void goBackwardFrom(Tensor gradient) {
    seed = gradient;
  }

  /** What is timed. Gradients of the run before are dropped first. */
  void run() {
    for (int i = 0; i < leaves.size(); i++) {
      leaves.get(i).zeroGrad();
    }
    try (var _ = Scope.open()) {
      var result = call.apply(inputs);
      if (seed != null) {
        result.backward(seed, false, false);
      }
    }
  }
}
