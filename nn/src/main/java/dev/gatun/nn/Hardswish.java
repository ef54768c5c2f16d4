package dev.gatun.nn;

import dev.gatun.autograd.Tensor;

/** SiLU with a logistic function of three straight pieces, element by element. */
public final class Hardswish extends Module {
  /** Makes the layer. */
  public Hardswish() {}

  @Override
  public Tensor forward(Tensor input) {
    return input.hardswish();
  }
}
