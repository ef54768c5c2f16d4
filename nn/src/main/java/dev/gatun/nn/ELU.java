package dev.gatun.nn;

import dev.gatun.autograd.Tensor;

/**
 * The exponential unit, element by element: {@code x} where positive, else {@code alpha * (exp(x) -
 * 1)}.
 */
public final class ELU extends Module {
  private final double alpha;

  /** Makes the layer with PyTorch's setting, 1.0. */
  public ELU() {
    this(1.0);
  }

  /**
   * Makes the layer.
   *
   * @param alpha the bound of negative results
   */
  public ELU(double alpha) {
    this.alpha = alpha;
  }

  @Override
  public Tensor forward(Tensor input) {
    return input.elu(alpha);
  }

  @Override
  protected String settings() {
    return "alpha=" + number(alpha);
  }
}
