package dev.gatun.autograd;

import dev.gatun.memory.DType;
import dev.gatun.memory.Shape;
import java.util.Arrays;

/**
 * The differentiable outputs of one call of a {@link GradientFunction}. The graph knows operations
 * of one result: there, several outputs are parts of one vector, in which they lie behind each
 * other. The vector has a gradient, but no elements: each output has memory of its own.
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

  /** Where one differentiable output lies among the elements of all. */
  record Place(long start, long size, long all) {
    /** The gradient of all from that of one, zeros around it. */
    Tensor embed(Tensor gradient) {
      Tensor before = Gatun.zeros(gradient.dtype(), Shape.of(start));
      Tensor after = Gatun.zeros(gradient.dtype(), Shape.of(all - start - size));
      return Gatun.cat(0, before, gradient.reshape(size), after);
    }
  }

  private Place placeOf(int which) {
    long start = 0;
    long all = 0;
    for (int i = 0; i < places.length; i++) {
      start += i < which ? shapes[places[i]].numel() : 0;
      all += shapes[places[i]].numel();
    }
    return new Place(start, shapes[places[which]].numel(), all);
  }

  /**
   * Makes a tensor that stands for all differentiable outputs behind each other, of their number
   * and type but a single element.
   */
  Tensor standIn(DType dtype) {
    Tensor one = Gatun.zeros(dtype, Shape.scalar());
    Shape all = Shape.of(placeOf(0).all());
    return new Tensor(one.storage().retain(), dtype, one.layout().expand(all));
  }

  /** Gives one differentiable output its place in the graph, as a part of what stands for all. */
  void record(StructuralOp<Place> part, Tensor all, int which, Tensor output) {
    output.recordAs(Node.of(part, placeOf(which), 0, 0, new Tensor[] {all}, output, 0, false));
  }

  /** Returns one differentiable output's part of the gradient of all. */
  private Tensor part(Tensor gradient, int which) {
    if (places.length == 1) {
      return gradient;
    }
    Place place = placeOf(which);
    return gradient.narrow(0, place.start(), place.size()).reshape(shapes[places[which]]);
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
