package dev.gatun.bench.ops;

import dev.gatun.bench.parity.ParityCase;
import dev.gatun.bench.parity.Referee;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.jspecify.annotations.Nullable;

/** libtorch's side of a call, on the memory of Gatun's inputs. */
final class TorchSide implements AutoCloseable {

  private final Referee referee;
  private final List<Tensor> inputs = new ArrayList<>();
  private final List<Tensor> leaves = new ArrayList<>();
  private final Referee.Prepared call;
  private final BoolOptional retain = new BoolOptional(false);
  private final TensorArrayRefOptional allLeaves = new TensorArrayRefOptional();
  private @Nullable Tensor seed;

  /**
   * Prepares.
   *
   * @param referee libtorch
   * @param parityCase the call
   * @param withGradients whether gradients are to flow
   * @throws RuntimeException when libtorch has no such call
   */
  TorchSide(Referee referee, ParityCase parityCase, boolean withGradients) {
    this.referee = referee;
    parityCase.inputs().forEach(input -> inputs.add(referee.wrap(input)));
    if (withGradients) {
      parityCase.leaves().forEach(leaf -> leaves.add(inputs.get(leaf)));
      leaves.forEach(leaf -> leaf.set_requires_grad(true));
    }
    call = referee.prepare(parityCase.pytorch(), inputs);
  }

  /** The result, to be closed. */
  Tensor compute() {
    return call.evaluate();
  }

  /** The gradient of one of the leaves, to be closed; undefined where none has come. */
  Tensor gradient(int leaf) {
    return leaves.get(leaf).grad();
  }

  /** Has {@link #run} go backward too, from this gradient of the result. */
  void goBackwardFrom(dev.gatun.autograd.Tensor gradient) {
    seed = referee.wrap(gradient);
  }

  /** Runs something in the mode in which {@link #run} is timed. */
  void inMode(Runnable work) {
    try (var _ = new InferenceMode(seed == null)) {
      work.run();
    }
  }

  /** What is timed. Gradients of the run before are dropped first. */
  void run() {
    if (seed == null) {
      call.run();
      return;
    }
    for (int i = 0; i < leaves.size(); i++) {
      try (var gradient = leaves.get(i).mutable_grad()) {
        gradient.reset();
      }
    }
    try (var result = call.evaluate()) {
      result.backward(seed, retain, false, allLeaves);
    }
  }

  @Override
  public void close() {
    call.close();
    if (seed != null) {
      seed.close();
    }
    inputs.forEach(Tensor::close);
    retain.close();
    allLeaves.close();
  }
}
