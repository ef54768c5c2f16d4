package dev.gatun.nn.optim;

/**
 * The settings of {@link Adam} and {@link AdamW}.
 *
 * @param learningRate the learning rate, not negative
 * @param beta1 how much of the mean gradient is kept, at least 0 and below 1
 * @param beta2 how much of the mean squared gradient is kept, at least 0 and below 1
 * @param epsilon what is added to the root of the mean square, not negative
 * @param weightDecay for {@link Adam} how much of the parameter is added to its gradient; for
 *     {@link AdamW} how much of the parameter, times the learning rate, is taken off at each step;
 *     not negative
 * @param amsgrad whether to divide by the largest mean square so far, instead of the latest
 * @param maximize whether to go up instead of down
 */
public record AdamOptions(
    double learningRate,
    double beta1,
    double beta2,
    double epsilon,
    double weightDecay,
    boolean amsgrad,
    boolean maximize) {

  /**
   * Checks the settings.
   *
   * @throws dev.gatun.memory.ArgumentException when one is out of its range
   */
  public AdamOptions {
    Hyperparameters.checkNotNegative("adam", "learning rate", learningRate);
    Hyperparameters.checkFraction("adam", "beta1", beta1);
    Hyperparameters.checkFraction("adam", "beta2", beta2);
    Hyperparameters.checkNotNegative("adam", "epsilon", epsilon);
    Hyperparameters.checkNotNegative("adam", "weight decay", weightDecay);
  }

  /**
   * Returns PyTorch's settings for Adam: betas 0.9 and 0.999, epsilon 1e-8, no weight decay.
   *
   * @param learningRate the learning rate, not negative
   * @return the settings
   * @throws dev.gatun.memory.ArgumentException when the rate is negative or not finite
   */
  public static AdamOptions of(double learningRate) {
    return new AdamOptions(learningRate, 0.9, 0.999, 1e-8, 0, false, false);
  }

  /**
   * Returns these settings with another learning rate.
   *
   * @param learningRate the learning rate, not negative
   * @return new settings
   * @throws dev.gatun.memory.ArgumentException when it is out of range
   */
  public AdamOptions withLearningRate(double learningRate) {
    return new AdamOptions(learningRate, beta1, beta2, epsilon, weightDecay, amsgrad, maximize);
  }

  /**
   * Returns these settings with other betas.
   *
   * @param beta1 how much of the mean gradient is kept, at least 0 and below 1
   * @param beta2 how much of the mean squared gradient is kept, at least 0 and below 1
   * @return new settings
   * @throws dev.gatun.memory.ArgumentException when one is out of range
   */
  public AdamOptions withBetas(double beta1, double beta2) {
    return new AdamOptions(learningRate, beta1, beta2, epsilon, weightDecay, amsgrad, maximize);
  }

  /**
   * Returns these settings with another epsilon.
   *
   * @param epsilon what is added to the root of the mean square, not negative
   * @return new settings
   * @throws dev.gatun.memory.ArgumentException when it is out of range
   */
  public AdamOptions withEpsilon(double epsilon) {
    return new AdamOptions(learningRate, beta1, beta2, epsilon, weightDecay, amsgrad, maximize);
  }

  /**
   * Returns these settings with another weight decay.
   *
   * @param weightDecay the weight decay, not negative
   * @return new settings
   * @throws dev.gatun.memory.ArgumentException when it is out of range
   */
  public AdamOptions withWeightDecay(double weightDecay) {
    return new AdamOptions(learningRate, beta1, beta2, epsilon, weightDecay, amsgrad, maximize);
  }

  /**
   * Returns these settings with the largest mean square so far, or the latest.
   *
   * @param amsgrad whether to divide by the largest one
   * @return new settings
   */
  public AdamOptions withAmsgrad(boolean amsgrad) {
    return new AdamOptions(learningRate, beta1, beta2, epsilon, weightDecay, amsgrad, maximize);
  }

  /**
   * Returns these settings for going up, or down.
   *
   * @param maximize whether to go up
   * @return new settings
   */
  public AdamOptions withMaximize(boolean maximize) {
    return new AdamOptions(learningRate, beta1, beta2, epsilon, weightDecay, amsgrad, maximize);
  }
}
