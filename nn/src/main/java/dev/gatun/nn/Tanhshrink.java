package dev.gatun.nn;

import dev.gatun.autograd.Tensor;

/** What the hyperbolic tangent takes off, element by element: {@code x - tanh(x)}. */
public final class Tanhshrink extends Module {
  /** Makes the layer. */
  public Tanhshrink() {}

  @Override
  public Tensor forward(Tensor input) {
    return input.tanhshrink();
  }
}
