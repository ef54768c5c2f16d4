package dev.gatun.bench.cases;

import dev.gatun.autograd.Tensor;
import dev.gatun.nn.optim.Adam;
import dev.gatun.nn.optim.Optimizer;
import java.util.List;

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

  @Override
  public String toString() {
    return this == SGD ? "SGD" : "Adam";
  }
}
