package dev.gatun.nn.train;

import java.util.Map;

/**
 * What one epoch has come to.
 *
 * @param epoch which one, from 0
 * @param trainingLoss the mean loss over the examples trained on, each taken before the step it is
 *     part of
 * @param validationLoss the mean loss over the validation examples after the epoch; NaN without
 *     them
 * @param metrics the metrics over the validation examples, by name
 * @param examples how many examples were trained on
 * @param seconds how long training took, without validation
 */
public record EpochResult(
    int epoch,
    double trainingLoss,
    double validationLoss,
    Map<String, Double> metrics,
    long examples,
    double seconds) {
  /** Copies the metrics. */
  public EpochResult {
    metrics = Map.copyOf(metrics);
  }
}
