package dev.gatun.nn.metrics;

import dev.gatun.autograd.Tensor;

/** A figure gathered over the batches of an epoch. */
public interface Metric {
  /**
   * Returns the name under which the figure is reported.
   *
   * @return for example {@code accuracy}
   */
  String name();

  /**
   * Takes a batch into account.
   *
   * @param predictions what the model answered, examples along axis 0; not changed
   * @param targets what it should have answered, examples along axis 0; not changed
   * @throws dev.gatun.memory.ShapeException when the shapes do not fit
   */
  void update(Tensor predictions, Tensor targets);

  /**
   * Returns the figure over all batches so far.
   *
   * @return the value; NaN when there were no examples
   */
  double value();

  /** Forgets all batches. */
  void reset();
}
