package dev.gatun.nn.train;

/** Is told of the epochs of a training run as they end. */
@FunctionalInterface
public interface EpochListener {
  /**
   * Called on the training thread after an epoch and its validation, in evaluation mode.
   *
   * @param result what the epoch has come to
   */
  void epochEnded(EpochResult result);
}
