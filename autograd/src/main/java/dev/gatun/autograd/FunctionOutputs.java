package dev.gatun.autograd;

import dev.gatun.memory.Shape;
import java.util.Arrays;

/**
 * The differentiable outputs of one call of a {@link GradientFunction}. The graph knows operations
 * of one result: several outputs are parts of one vector, in which they lie behind each other.
 */
final class FunctionOutputs {
  static final FunctionOutputs NONE = new FunctionOutputs(0, new int[0], new Shape[0]);

  private final int count;
  private final int[] places;
  private final Shape[] shapes;

  private FunctionOutputs(int count, int[] places, Shape[] shapes) {
    this.count = count;
    this.places = places;
    this.shapes = shapes;
  }

  /**
   * Notes which outputs are differentiable.
   *
   * @param outputs all outputs
   * @param places the positions of the differentiable ones among them
   */
  static FunctionOutputs of(Tensor[] outputs, int[] places) {
    Shape[] shapes = new Shape[outputs.length];
    Arrays.setAll(shapes, i -> outputs[i].shape());
    return new FunctionOutputs(outputs.length, places, shapes);
  }

  /** Returns how many differentiable outputs there are. */
  int size() {
    return places.length;
  }

  /** Returns the position of a differentiable output among all. */
  int place(int which) {
    return places[which];
  }

  /** Returns which differentiable output stands at a position; -1 for none. */
  int indexOf(int place) {
    for (int i = 0; i < places.length; i++) {
      if (places[i] == place) {
        return i;
      }
    }
    return -1;
  }

  /** Puts the differentiable outputs behind each other; a single one is returned as it is. */
  Tensor pack(Tensor[] outputs) {
    if (places.length == 1) {
      return outputs[places[0]];
    }
    Tensor[] parts = new Tensor[places.length];
    Arrays.setAll(parts, i -> outputs[places[i]].reshape(outputs[places[i]].numel()));
    return Gatun.cat(0, parts);
  }

  /** Returns one differentiable output of what {@link #pack} returned, or of its gradient. */
  Tensor part(Tensor packed, int which) {
    if (places.length == 1) {
      return packed;
    }
    long start = 0;
    for (int i = 0; i < which; i++) {
      start += shapes[places[i]].numel();
    }
    Shape shape = shapes[places[which]];
    return packed.narrow(0, start, shape.numel()).reshape(shape);
  }

  /** Returns for each output its part of the gradient, zeros for those that have none. */
  Tensor[] gradients(Tensor gradient) {
    Tensor[] result = new Tensor[count];
    for (int i = 0; i < count; i++) {
      int which = indexOf(i);
      result[i] = which < 0 ? Gatun.zeros(gradient.dtype(), shapes[i]) : part(gradient, which);
    }
    return result;
  }
}
