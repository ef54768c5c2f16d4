package dev.gatun.nn;

import dev.gatun.autograd.Tensor;

/** The rectifier, element by element: {@code max(x, 0)}. */
public final class ReLU extends Module {
  /** Makes the layer. */
  public ReLU() {}

  @Override
  public Tensor forward(Tensor input) {
    return input.relu();
  }
}
