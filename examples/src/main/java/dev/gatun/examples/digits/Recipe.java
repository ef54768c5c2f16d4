package dev.gatun.examples.digits;

import org.jspecify.annotations.Nullable;

/**
 * The network and how it is trained.
 *
 * @param first the width of the first hidden layer
 * @param second the width of the second one
 * @param firstDropout the share of the first hidden layer that each step drops
 * @param secondDropout the share of the second one
 * @param epochs how many times to go through the images
 * @param batchSize how many images a step takes
 * @param learningRate the highest learning rate
 * @param weightDecay how much weights shrink at each step, times the learning rate
 */
public record Recipe(
    int first,
    int second,
    double firstDropout,
    double secondDropout,
    int epochs,
    int batchSize,
    double learningRate,
    double weightDecay) {
  /** For the digits that ship with Gatun: few images, so much is dropped. */
  public static final Recipe SHIPPED = new Recipe(128, 64, 0.3, 0.1, 40, 128, 0.02, 0.1);

  /** For MNIST. */
  public static final Recipe MNIST = new Recipe(256, 128, 0.1, 0.1, 5, 128, 0.002, 0.01);

  /**
   * Returns this recipe with other numbers, where they are given.
   *
   * @param otherEpochs how many times to go through the images; null for as often as before
   * @param otherBatchSize how many images a step takes; null for as many as before
   * @param otherLearningRate the highest learning rate; null for the one before
   * @return the recipe
   */
  public Recipe with(
      @Nullable Integer otherEpochs,
      @Nullable Integer otherBatchSize,
      @Nullable Double otherLearningRate) {
    return new Recipe(
        first,
        second,
        firstDropout,
        secondDropout,
        otherEpochs != null ? otherEpochs : epochs,
        otherBatchSize != null ? otherBatchSize : batchSize,
        otherLearningRate != null ? otherLearningRate : learningRate,
        weightDecay);
  }
}
