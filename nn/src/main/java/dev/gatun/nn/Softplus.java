package dev.gatun.nn;

import dev.gatun.autograd.Tensor;

/** The smooth rectifier, element by element: {@code log(1 + exp(x))}. */
public final class Softplus extends Module {
  /** Makes the layer. */
  public Softplus() {}

  @Override
  public Tensor forward(Tensor input) {
    return input.softplus();
  }
}
