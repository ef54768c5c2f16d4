package dev.gatun.nn.loss;

import dev.gatun.autograd.Tensor;

/**
 * The losses as functions, with their usual settings: the mean, without weights. Settings belong to
 * the classes of the same names. Meant to be imported statically.
 */
public final class Losses {
  private Losses() {}

  /**
   * Returns the mean squared difference.
   *
   * @param input the output of a model
   * @param target what it should have been, of the same shape
   * @return a scalar
   * @see MSELoss
   */
  public static Tensor mseLoss(Tensor input, Tensor target) {
    return new MSELoss().forward(input, target);
  }

  /**
   * Returns the mean absolute difference.
   *
   * @param input the output of a model
   * @param target what it should have been, of the same shape
   * @return a scalar
   * @see L1Loss
   */
  public static Tensor l1Loss(Tensor input, Tensor target) {
    return new L1Loss().forward(input, target);
  }

  /**
   * Returns the mean absolute difference, rounded off below 1.
   *
   * @param input the output of a model
   * @param target what it should have been, of the same shape
   * @return a scalar
   * @see SmoothL1Loss
   */
  public static Tensor smoothL1Loss(Tensor input, Tensor target) {
    return new SmoothL1Loss().forward(input, target);
  }

  /**
   * Returns the mean of half the squared difference, linear beyond 1.
   *
   * @param input the output of a model
   * @param target what it should have been, of the same shape
   * @return a scalar
   * @see HuberLoss
   */
  public static Tensor huberLoss(Tensor input, Tensor target) {
    return new HuberLoss().forward(input, target);
  }

  /**
   * Returns the mean cross entropy of probabilities of two classes.
   *
   * @param input probabilities
   * @param target what they should have been, of the same shape
   * @return a scalar
   * @see BCELoss
   */
  public static Tensor bceLoss(Tensor input, Tensor target) {
    return new BCELoss().forward(input, target);
  }

  /**
   * Returns the mean cross entropy of two classes from logits.
   *
   * @param input logits
   * @param target probabilities, of the same shape
   * @return a scalar
   * @see BCEWithLogitsLoss
   */
  public static Tensor bceWithLogitsLoss(Tensor input, Tensor target) {
    return new BCEWithLogitsLoss().forward(input, target);
  }

  /**
   * Returns the mean negative logarithm of the right class's probability.
   *
   * @param input logarithms of probabilities, [samples, classes, ...]
   * @param target class indices, [samples, ...]
   * @return a scalar
   * @see NLLLoss
   */
  public static Tensor nllLoss(Tensor input, Tensor target) {
    return new NLLLoss().forward(input, target);
  }

  /**
   * Returns the mean cross entropy of logits.
   *
   * @param input logits, [samples, classes, ...]
   * @param target class indices, [samples, ...], or probabilities of the shape of the logits
   * @return a scalar
   * @see CrossEntropyLoss
   */
  public static Tensor crossEntropy(Tensor input, Tensor target) {
    return new CrossEntropyLoss().forward(input, target);
  }
}
