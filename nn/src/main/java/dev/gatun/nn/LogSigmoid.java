package dev.gatun.nn;

import dev.gatun.autograd.Tensor;

/** The logarithm of the logistic function, element by element. */
public final class LogSigmoid extends Module {
  /** Makes the layer. */
  public LogSigmoid() {}

  @Override
  public Tensor forward(Tensor input) {
    return input.logSigmoid();
  }
}
