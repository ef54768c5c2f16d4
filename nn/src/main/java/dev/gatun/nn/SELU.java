package dev.gatun.nn;

import dev.gatun.autograd.Tensor;

/** The self-normalising exponential unit, element by element. */
public final class SELU extends Module {
  /** Makes the layer. */
  public SELU() {}

  @Override
  public Tensor forward(Tensor input) {
    return input.selu();
  }
}
