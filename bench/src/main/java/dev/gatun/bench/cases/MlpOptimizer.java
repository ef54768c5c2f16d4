package dev.gatun.bench.cases;

import dev.gatun.autograd.Tensor;
import dev.gatun.bench.contest.Operands;
import dev.gatun.nn.optim.Adam;
import dev.gatun.nn.optim.Optimizer;
import java.util.List;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.TensorVector;

/** The optimizers of the training cases, with the same learning rates for everybody. */
enum MlpOptimizer {
  /** Plain stochastic gradient descent. */
  SGD(1e-2),

  /** Adam with PyTorch's defaults. */
  ADAM(1e-3);

  private final double learningRate;

  MlpOptimizer(double learningRate) {
    this.learningRate = learningRate;
  }

  double learningRate() {
    return learningRate;
  }

  /** Gatun's optimizer of this kind. */
  Optimizer of(List<Tensor> parameters) {
    return switch (this) {
      case SGD -> new dev.gatun.nn.optim.SGD(parameters, learningRate);
      case ADAM -> new Adam(parameters, learningRate);
    };
  }

  /** libtorch's optimizer of this kind, owned by the operands. */
  org.bytedeco.pytorch.Optimizer inLibtorch(Operands operands, TensorVector parameters) {
    return operands.own(
        switch (this) {
          case SGD ->
              new org.bytedeco.pytorch.SGD(parameters, operands.own(new SGDOptions(learningRate)));
          case ADAM ->
              new org.bytedeco.pytorch.Adam(
                  parameters, operands.own(new AdamOptions(learningRate)));
        });
  }

  @Override
  public String toString() {
    return this == SGD ? "SGD" : "Adam";
  }
}
