package dev.gatun.bench.cases;

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

  @Override
  public String toString() {
    return this == SGD ? "SGD" : "Adam";
  }
}
