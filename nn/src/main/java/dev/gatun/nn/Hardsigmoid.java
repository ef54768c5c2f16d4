package dev.gatun.nn;

import dev.gatun.autograd.Tensor;

/** The logistic function in three straight pieces, element by element. */
public final class Hardsigmoid extends Module {
  /** Makes the layer. */
  public Hardsigmoid() {}

  @Override
  public Tensor forward(Tensor input) {
    return input.hardsigmoid();
  }
}
