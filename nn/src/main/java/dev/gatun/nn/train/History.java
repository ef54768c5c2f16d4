package dev.gatun.nn.train;

import java.util.List;

/**
 * What the epochs of a training run have come to.
 *
 * @param epochs the epochs in order; those left out by early stopping are not there
 */
public record History(List<EpochResult> epochs) {
  /** Copies the list. */
  public History {
    epochs = List.copyOf(epochs);
  }

  /**
   * Returns how many examples were trained on.
   *
   * @return the sum over the epochs
   */
  public long examples() {
    return epochs.stream().mapToLong(EpochResult::examples).sum();
  }

  /**
   * Returns how long training took, without validation.
   *
   * @return the sum over the epochs, in seconds
   */
  public double seconds() {
    return epochs.stream().mapToDouble(EpochResult::seconds).sum();
  }
}
