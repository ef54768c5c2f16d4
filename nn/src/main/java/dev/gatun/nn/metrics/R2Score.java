package dev.gatun.nn.metrics;

import dev.gatun.autograd.Tensor;
import dev.gatun.memory.ShapeException;

/**
 * The share of the targets' variance that the predictions explain: 1 is perfect, 0 is no better
 * than their mean, and there is no lower bound.
 */
public final class R2Score implements Metric {
  private long count;
  private double mean;
  private double squaredDeviations;
  private double squaredErrors;

  /** Makes a metric without examples. */
  public R2Score() {}

  @Override
  public String name() {
    return "r2";
  }

  /**
   * Takes a batch into account.
   *
   * @param predictions numbers
   * @param targets numbers, of the same shape
   * @throws ShapeException when the shapes differ
   */
  @Override
  public void update(Tensor predictions, Tensor targets) {
    if (!predictions.shape().equals(targets.shape())) {
      throw new ShapeException(
          "r2: predictions "
              + predictions.shape()
              + " and targets "
              + targets.shape()
              + ": the shapes agree");
    }
    double[] predicted = predictions.toDoubleArray();
    double[] expected = targets.toDoubleArray();
    for (int i = 0; i < expected.length; i++) {
      double error = expected[i] - predicted[i];
      squaredErrors += error * error;
      // Welford's update keeps the sum of squared deviations from a mean that moves.
      count++;
      double before = expected[i] - mean;
      mean += before / count;
      squaredDeviations += before * (expected[i] - mean);
    }
  }

  /**
   * Returns the score over all batches so far.
   *
   * @return at most 1; NaN when there were fewer than two examples or all targets are equal
   */
  @Override
  public double value() {
    return squaredDeviations == 0 ? Double.NaN : 1 - squaredErrors / squaredDeviations;
  }

  @Override
  public void reset() {
    count = 0;
    mean = 0;
    squaredDeviations = 0;
    squaredErrors = 0;
  }
}
