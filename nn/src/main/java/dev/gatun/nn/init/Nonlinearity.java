package dev.gatun.nn.init;

/** What follows a layer's weights, and the factor by which weights make up for it. */
public enum Nonlinearity {
  /** Nothing. */
  LINEAR,
  /** A convolution without an activation, transposed or not. */
  CONVOLUTION,
  /** The logistic function. */
  SIGMOID,
  /** The hyperbolic tangent. */
  TANH,
  /** The rectifier. */
  RELU,
  /** The rectifier with a slope for negative numbers. */
  LEAKY_RELU,
  /** The self-normalising exponential unit. */
  SELU;

  /**
   * Returns the recommended factor, that of PyTorch's {@code calculate_gain}.
   *
   * @param parameter the negative slope of {@link #LEAKY_RELU}; ignored by the others
   * @return 1, 5/3 for tanh, sqrt(2) for a rectifier, sqrt(2 / (1 + slope^2)) for a leaky one, 3/4
   *     for SELU
   */
  public double gain(double parameter) {
    return switch (this) {
      case LINEAR, CONVOLUTION, SIGMOID -> 1;
      case TANH -> 5.0 / 3;
      case RELU -> Math.sqrt(2);
      case LEAKY_RELU -> Math.sqrt(2 / (1 + parameter * parameter));
      case SELU -> 3.0 / 4;
    };
  }

  /**
   * Returns the recommended factor; for {@link #LEAKY_RELU} that of slope 0.01.
   *
   * @return the factor
   */
  public double gain() {
    return gain(0.01);
  }
}
