package dev.gatun.nn;

import dev.gatun.autograd.Tensor;

/** The Gaussian error unit, element by element: {@code x * P(z <= x)} for a normal z. */
public final class GELU extends Module {
  /** How the normal distribution is computed. */
  public enum Approximate {
    /** Exactly, by the error function. */
    NONE,
    /** By a hyperbolic tangent, as many published models do. */
    TANH
  }

  private final Approximate approximate;

  /** Makes the exact layer. */
  public GELU() {
    this(Approximate.NONE);
  }

  /**
   * Makes the layer.
   *
   * @param approximate how the normal distribution is computed
   */
  public GELU(Approximate approximate) {
    this.approximate = approximate;
  }

  /**
   * Returns how the normal distribution is computed.
   *
   * @return exactly, or by a hyperbolic tangent
   */
  public Approximate approximate() {
    return approximate;
  }

  @Override
  public Tensor forward(Tensor input) {
    return switch (approximate) {
      case NONE -> input.gelu();
      case TANH -> input.geluTanh();
    };
  }

  @Override
  protected String settings() {
    return "approximate='" + (approximate == Approximate.NONE ? "none" : "tanh") + "'";
  }
}
