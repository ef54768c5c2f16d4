package dev.gatun.nn;

import dev.gatun.autograd.Tensor;

/** The rectifier with a ceiling, element by element: {@code min(max(x, 0), 6)}. */
public final class ReLU6 extends Module {
  /** Makes the layer. */
  public ReLU6() {}

  @Override
  public Tensor forward(Tensor input) {
    return input.relu6();
  }
}
