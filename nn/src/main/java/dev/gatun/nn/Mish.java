package dev.gatun.nn;

import dev.gatun.autograd.Tensor;

/** Mish, element by element: {@code x * tanh(softplus(x))}. */
public final class Mish extends Module {
  /** Makes the layer. */
  public Mish() {}

  @Override
  public Tensor forward(Tensor input) {
    return input.mish();
  }
}
