package dev.gatun.bench.cases;

import dev.gatun.bench.contest.Call;
import dev.gatun.bench.contest.Operands;
import dev.gatun.bench.peers.libtorch.LibTorch;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;

/** libtorch computing forward and backward, the gradients of the step before dropped first. */
final class TorchGradient implements Call {

  private final Tensor[] in;
  private final List<Tensor> leaves = new ArrayList<>();
  private final Function<Tensor[], Tensor> forward;
  private final Tensor seed;
  private final BoolOptional retain;
  private final TensorArrayRefOptional allLeaves;

  /**
   * Prepares work.
   *
   * @param library libtorch
   * @param operands the inputs; where the work's result is not a scalar, the last one is the
   *     gradient it is given
   * @param leaves how many of the first inputs want gradients
   * @param isSeeded whether the result is not a scalar
   * @param forward the work
   */
  TorchGradient(
      LibTorch library,
      Operands operands,
      int leaves,
      boolean isSeeded,
      Function<Tensor[], Tensor> forward) {
    this.forward = forward;
    in = TorchCall.wrapAll(library, operands);
    for (int i = 0; i < leaves; i++) {
      in[i].set_requires_grad(true);
      this.leaves.add(in[i]);
    }
    seed = isSeeded ? in[in.length - 1] : operands.own(new Tensor());
    retain = operands.own(new BoolOptional(false));
    allLeaves = operands.own(new TensorArrayRefOptional());
  }

  @Override
  public void run() {
    for (int i = 0; i < leaves.size(); i++) {
      try (var gradient = leaves.get(i).mutable_grad()) {
        gradient.reset();
      }
    }
    try (var result = forward.apply(in)) {
      result.backward(seed, retain, false, allLeaves);
    }
  }

  @Override
  public double[] result() {
    var parts = new ArrayList<double[]>();
    for (var leaf : leaves) {
      try (var gradient = leaf.grad();
          var contiguous = gradient.contiguous()) {
        parts.add(Results.of(contiguous));
      }
    }
    return Results.joined(parts);
  }
}
