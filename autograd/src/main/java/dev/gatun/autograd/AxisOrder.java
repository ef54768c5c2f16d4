package dev.gatun.autograd;

import dev.gatun.memory.Shape;
import java.util.Arrays;

/** Orders of axes, as {@link Views#permute} takes them. */
final class AxisOrder {
  private AxisOrder() {}

  /** The axes of a shape with two of them exchanged, which may be one. */
  static int[] exchanged(String operation, Shape shape, int first, int second) {
    int[] axes = new int[shape.rank()];
    Arrays.setAll(axes, i -> i);
    int a = shape.normalizeAxis(operation, first);
    int b = shape.normalizeAxis(operation, second);
    if (axes.length > 0) {
      axes[a] = b;
      axes[b] = a;
    }
    return axes;
  }
}
