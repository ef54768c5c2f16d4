package dev.gatun.nn.metrics;

import dev.gatun.autograd.Tensor;

/** The share of examples whose class was predicted. */
public final class Accuracy implements Metric {
  private long correct;
  private long total;

  /** Makes a metric without examples. */
  public Accuracy() {}

  @Override
  public String name() {
    return "accuracy";
  }

  /**
   * Takes a batch into account.
   *
   * @param predictions scores, [examples, classes], of which the largest wins, the first one among
   *     equals; or classes, [examples]
   * @param targets the right classes, [examples]
   * @throws dev.gatun.memory.ShapeException when the shapes do not fit
   */
  @Override
  public void update(Tensor predictions, Tensor targets) {
    long[] predicted = Classes.predicted(name(), predictions, targets);
    long[] expected = targets.toLongArray();
    for (int i = 0; i < predicted.length; i++) {
      if (predicted[i] == expected[i]) {
        correct++;
      }
    }
    total += predicted.length;
  }

  /**
   * Returns how many examples were right.
   *
   * @return the number
   */
  public long correct() {
    return correct;
  }

  /**
   * Returns how many examples there were.
   *
   * @return the number
   */
  public long total() {
    return total;
  }

  @Override
  public double value() {
    return (double) correct / total;
  }

  @Override
  public void reset() {
    correct = 0;
    total = 0;
  }
}
