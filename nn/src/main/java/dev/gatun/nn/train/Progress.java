package dev.gatun.nn.train;

/**
 * Shows how far training is. Made anew for each run, and told everything by the training thread.
 *
 * @see ProgressDisplays
 */
public interface Progress {
  /**
   * Called once, before the first step.
   *
   * @param epochs how many epochs there will be at most
   * @param examples how many examples an epoch has
   */
  void begin(int epochs, long examples);

  /**
   * Called after each step.
   *
   * @param examples how many examples it took
   * @param loss their mean loss
   */
  void step(long examples, double loss);

  /**
   * Called after each epoch and its validation.
   *
   * @param result what it has come to
   */
  void epochEnded(EpochResult result);

  /** Called once at the end, also when training fails. */
  void end();
}
