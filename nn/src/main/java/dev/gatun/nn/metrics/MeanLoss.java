package dev.gatun.nn.metrics;

import dev.gatun.memory.ArgumentException;

/** The mean of the losses of batches, each weighted by its number of examples. */
public final class MeanLoss {
  private double sum;
  private long examples;

  /** Makes a mean of nothing. */
  public MeanLoss() {}

  /**
   * Takes a batch into account.
   *
   * @param loss the mean loss of its examples
   * @param size how many examples it has
   * @throws ArgumentException when the number is negative
   */
  public void add(double loss, long size) {
    if (size < 0) {
      throw new ArgumentException("mean loss: a batch of " + size + " examples");
    }
    if (size > 0) {
      sum += loss * size;
      examples += size;
    }
  }

  /**
   * Returns the mean over all examples so far.
   *
   * @return the mean; NaN when there were none
   */
  public double value() {
    return sum / examples;
  }

  /**
   * Returns how many examples there were.
   *
   * @return the number
   */
  public long examples() {
    return examples;
  }

  /** Forgets all batches. */
  public void reset() {
    sum = 0;
    examples = 0;
  }
}
