package dev.gatun.nn.metrics;

import dev.gatun.autograd.Tensor;
import dev.gatun.memory.ShapeException;

/** Turns a model's answers into classes. */
final class Classes {
  private Classes() {}

  /** Returns the classes chosen: the largest score of each row, or the elements of a vector. */
  static long[] predicted(String metric, Tensor predictions, Tensor targets) {
    boolean scores = predictions.rank() == 2 && predictions.size(1) > 0;
    if (!scores && predictions.rank() != 1
        || targets.rank() != 1
        || targets.size(0) != predictions.size(0)) {
      throw new ShapeException(
          metric
              + ": predictions "
              + predictions.shape()
              + " and targets "
              + targets.shape()
              + ": [examples, classes] or [examples], and [examples]");
    }
    if (!scores) {
      return predictions.toLongArray();
    }
    try (Tensor values = predictions.detach();
        Tensor chosen = values.argmax(1)) {
      return chosen.toLongArray();
    }
  }
}
