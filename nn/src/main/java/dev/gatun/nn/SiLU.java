package dev.gatun.nn;

import dev.gatun.autograd.Tensor;

/** The sigmoid-weighted unit, element by element: {@code x * sigmoid(x)}. */
public final class SiLU extends Module {
  /** Makes the layer. */
  public SiLU() {}

  @Override
  public Tensor forward(Tensor input) {
    return input.silu();
  }
}
