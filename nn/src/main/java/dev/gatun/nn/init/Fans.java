package dev.gatun.nn.init;

import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;

/**
 * How many inputs and outputs the weights of one layer join.
 *
 * @param in how many inputs each output is computed from
 * @param out how many outputs each input has a part in
 */
public record Fans(long in, long out) {
  /**
   * Returns the fans of a layer's weights.
   *
   * @param weights [out, in], or [out, in, ...] for a convolution
   * @return the fans: sizes of the second and first axis, times those of all further axes
   * @throws ShapeException when there are fewer than two axes
   */
  public static Fans of(Shape weights) {
    return of("fans", weights);
  }

  static Fans of(String operation, Shape weights) {
    if (weights.rank() < 2) {
      throw new ShapeException(
          operation + ": " + weights + ": fan in and fan out need at least two axes");
    }
    long field = 1;
    for (int axis = 2; axis < weights.rank(); axis++) {
      field *= weights.size(axis);
    }
    return new Fans(weights.size(1) * field, weights.size(0) * field);
  }
}
