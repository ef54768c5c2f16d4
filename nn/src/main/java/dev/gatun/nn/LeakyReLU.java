package dev.gatun.nn;

import dev.gatun.autograd.Tensor;

/** The rectifier with a slope for negative numbers, element by element. */
public final class LeakyReLU extends Module {
  private final double slope;

  /** Makes the layer with PyTorch's setting, 0.01. */
  public LeakyReLU() {
    this(0.01);
  }

  /**
   * Makes the layer.
   *
   * @param slope the slope of negative numbers
   */
  public LeakyReLU(double slope) {
    this.slope = slope;
  }

  @Override
  public Tensor forward(Tensor input) {
    return input.leakyRelu(slope);
  }

  @Override
  protected String settings() {
    return "negative_slope=" + number(slope);
  }
}
