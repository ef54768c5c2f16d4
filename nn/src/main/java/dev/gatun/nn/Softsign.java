package dev.gatun.nn;

import dev.gatun.autograd.Tensor;

/** The soft sign, element by element: {@code x / (1 + |x|)}. */
public final class Softsign extends Module {
  /** Makes the layer. */
  public Softsign() {}

  @Override
  public Tensor forward(Tensor input) {
    return input.softsign();
  }
}
