package dev.gatun.nn;

import dev.gatun.autograd.Tensor;

/** The logarithms of exponentials that sum to one along an axis. */
public final class LogSoftmax extends Module {
  private final int axis;

  /**
   * Makes the layer.
   *
   * @param axis the axis along which to normalise; negative ones count from the end
   */
  public LogSoftmax(int axis) {
    this.axis = axis;
  }

  /**
   * Returns the axis that is normalised.
   *
   * @return the axis; negative ones count from the end
   */
  public int axis() {
    return axis;
  }

  @Override
  public Tensor forward(Tensor input) {
    return input.logSoftmax(axis);
  }

  @Override
  protected String settings() {
    return "dim=" + axis;
  }
}
