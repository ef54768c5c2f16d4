package dev.gatun.nn;

import dev.gatun.autograd.Tensor;

/** The hyperbolic tangent, element by element. */
public final class Tanh extends Module {
  /** Makes the layer. */
  public Tanh() {}

  @Override
  public Tensor forward(Tensor input) {
    return input.tanh();
  }
}
