package dev.gatun.nn.optim;

/**
 * The settings of {@link SGD}.
 *
 * @param learningRate the learning rate, not negative
 * @param momentum how much of the last direction is kept, at least 0 and below 1; 0 keeps none, and
 *     no memory for it
 * @param dampening how much of the gradient is held back when there is momentum, at least 0 and
 *     below 1
 * @param weightDecay how much of the parameter is added to its gradient, not negative
 * @param nesterov whether the gradient is that of the place where momentum leads; needs momentum
 *     and no dampening
 * @param maximize whether to go up instead of down
 */
public record SGDOptions(
    double learningRate,
    double momentum,
    double dampening,
    double weightDecay,
    boolean nesterov,
    boolean maximize) {

  /**
   * Checks the settings.
   *
   * @throws dev.gatun.memory.ArgumentException when one is out of its range
   */
  public SGDOptions {
    Hyperparameters.checkNotNegative("sgd", "learning rate", learningRate);
    Hyperparameters.checkFraction("sgd", "momentum", momentum);
    Hyperparameters.checkFraction("sgd", "dampening", dampening);
    Hyperparameters.checkNotNegative("sgd", "weight decay", weightDecay);
    if (nesterov) {
      Hyperparameters.check(
          momentum > 0 && dampening == 0,
          "sgd: momentum "
              + momentum
              + ", dampening "
              + dampening
              + ": Nesterov momentum requires a momentum and zero dampening");
    }
  }

  /**
   * Returns plain gradient descent.
   *
   * @param learningRate the learning rate, not negative
   * @return settings without momentum and decay
   * @throws dev.gatun.memory.ArgumentException when the rate is negative or not finite
   */
  public static SGDOptions of(double learningRate) {
    return new SGDOptions(learningRate, 0, 0, 0, false, false);
  }

  /**
   * Returns these settings with another learning rate.
   *
   * @param learningRate the learning rate, not negative
   * @return new settings
   * @throws dev.gatun.memory.ArgumentException when it is out of range
   */
  public SGDOptions withLearningRate(double learningRate) {
    return new SGDOptions(learningRate, momentum, dampening, weightDecay, nesterov, maximize);
  }

  /**
   * Returns these settings with another momentum.
   *
   * @param momentum how much of the last direction is kept, at least 0 and below 1
   * @return new settings
   * @throws dev.gatun.memory.ArgumentException when it is out of range
   */
  public SGDOptions withMomentum(double momentum) {
    return new SGDOptions(learningRate, momentum, dampening, weightDecay, nesterov, maximize);
  }

  /**
   * Returns these settings with another dampening.
   *
   * @param dampening how much of the gradient is held back, at least 0 and below 1
   * @return new settings
   * @throws dev.gatun.memory.ArgumentException when it is out of range
   */
  public SGDOptions withDampening(double dampening) {
    return new SGDOptions(learningRate, momentum, dampening, weightDecay, nesterov, maximize);
  }

  /**
   * Returns these settings with another weight decay.
   *
   * @param weightDecay how much of the parameter is added to its gradient, not negative
   * @return new settings
   * @throws dev.gatun.memory.ArgumentException when it is out of range
   */
  public SGDOptions withWeightDecay(double weightDecay) {
    return new SGDOptions(learningRate, momentum, dampening, weightDecay, nesterov, maximize);
  }

  /**
   * Returns these settings with Nesterov's momentum, or with the plain one.
   *
   * @param nesterov whether the gradient is that of the place where momentum leads
   * @return new settings
   * @throws dev.gatun.memory.ArgumentException when there is no momentum, or dampening
   */
  public SGDOptions withNesterov(boolean nesterov) {
    return new SGDOptions(learningRate, momentum, dampening, weightDecay, nesterov, maximize);
  }

  /**
   * Returns these settings for going up, or down.
   *
   * @param maximize whether to go up
   * @return new settings
   */
  public SGDOptions withMaximize(boolean maximize) {
    return new SGDOptions(learningRate, momentum, dampening, weightDecay, nesterov, maximize);
  }
}
