package dev.gatun.nn;

import dev.gatun.autograd.Tensor;

/** The logistic function, element by element: {@code 1 / (1 + exp(-x))}. */
public final class Sigmoid extends Module {
  /** Makes the layer. */
  public Sigmoid() {}

  @Override
  public Tensor forward(Tensor input) {
    return input.sigmoid();
  }
}
