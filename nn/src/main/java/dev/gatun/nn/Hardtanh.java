package dev.gatun.nn;

import dev.gatun.autograd.Tensor;
import dev.gatun.memory.ArgumentException;

/** Bounds, element by element: {@code min(max(x, low), high)}. */
public final class Hardtanh extends Module {
  private final double low;
  private final double high;

  /** Makes the layer with PyTorch's bounds, -1 and 1. */
  public Hardtanh() {
    this(-1, 1);
  }

  /**
   * Makes the layer.
   *
   * @param low the lower bound
   * @param high the upper bound
   * @throws ArgumentException when the upper bound is not above the lower one
   */
  public Hardtanh(double low, double high) {
    if (!(low < high)) {
      throw new ArgumentException("hardtanh: from " + low + " to " + high + ": the range is empty");
    }
    this.low = low;
    this.high = high;
  }

  @Override
  public Tensor forward(Tensor input) {
    return input.hardtanh(low, high);
  }

  @Override
  protected String settings() {
    return "min_val=" + number(low) + ", max_val=" + number(high);
  }
}
