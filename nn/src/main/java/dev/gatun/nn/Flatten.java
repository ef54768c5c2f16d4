package dev.gatun.nn;

import dev.gatun.autograd.Tensor;

/** Joins a range of axes into one: by default all but the first, that of the samples. */
public final class Flatten extends Module {
  private final int first;
  private final int last;

  /** Makes a layer that joins all axes but the first. */
  public Flatten() {
    this(1, -1);
  }

  /**
   * Makes the layer.
   *
   * @param first the first axis to join; negative ones count from the end
   * @param last the last axis to join
   */
  public Flatten(int first, int last) {
    this.first = first;
    this.last = last;
  }

  /**
   * Joins the axes.
   *
   * @param input any tensor that has the axes
   * @return a view of the input where its layout allows one, else a new tensor
   */
  @Override
  public Tensor forward(Tensor input) {
    return input.flatten(first, last);
  }

  @Override
  protected String settings() {
    return "start_dim=" + first + ", end_dim=" + last;
  }
}
