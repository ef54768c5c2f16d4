package dev.gatun.nn.train;

import dev.gatun.memory.ArgumentException;

/** The learning rate of each step of a training run. */
@FunctionalInterface
public interface LearningRates {
  /**
   * Returns the rate of one step.
   *
   * @param step which one, from 0
   * @param steps how many there will be, at least one
   * @return the rate, not negative
   */
  double at(long step, long steps);

  /**
   * Rises in a straight line from almost nothing to a peak, then falls along half a cosine to
   * nothing.
   *
   * @param peak the highest rate, not negative
   * @param warmUp the share of the steps in which it rises, from 0 to 1
   * @return the rates
   * @throws ArgumentException when an argument is out of range
   */
  static LearningRates cosine(double peak, double warmUp) {
    if (!(peak >= 0 && peak < Double.POSITIVE_INFINITY) || !(warmUp >= 0 && warmUp <= 1)) {
      throw new ArgumentException(
          "cosine: peak " + peak + ", warm-up " + warmUp + ": not negative, and from 0 to 1");
    }
    return (step, steps) -> {
      double rising = warmUp * steps;
      if (step < rising) {
        return peak * (step + 1) / (rising + 1);
      }
      double share = (step - rising) / Math.max(steps - rising, 1);
      return peak * 0.5 * (1 + Math.cos(Math.PI * share));
    };
  }
}
