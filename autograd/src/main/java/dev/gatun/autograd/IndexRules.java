package dev.gatun.autograd;

import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;

/** What operations ask of positions, and of what is read or written there. */
final class IndexRules {
  private IndexRules() {}

  static void checkIndex(String name, Tensor index) {
    if (index.dtype() != DType.INT64) {
      throw new DTypeException(name + ": an index of " + index.dtype() + ": positions are int64");
    }
  }

  static void checkVector(String name, Tensor index) {
    checkIndex(name, index);
    if (index.rank() != 1) {
      throw new ShapeException(name + ": an index of " + index.shape() + ": it has one axis");
    }
  }

  static int axisOf(String name, Tensor tensor, int axis) {
    if (tensor.rank() == 0) {
      throw new ShapeException(name + ": []: a scalar has no axes");
    }
    return tensor.shape().normalizeAxis(name, axis);
  }

  static void checkSource(String name, Tensor x, Tensor source, Shape expected) {
    if (!source.shape().equals(expected)) {
      throw new ShapeException(
          name + ": a source of " + source.shape() + " for " + expected + ": the shapes agree");
    }
    if (source.dtype() != x.dtype()) {
      throw new DTypeException(
          name + ": a source of " + source.dtype() + " for " + x.dtype() + ": the types agree");
    }
  }

  static void checkGathered(String name, Tensor x, Tensor index, int axis) {
    checkIndex(name, index);
    boolean fits = index.rank() == x.rank();
    for (int i = 0; fits && i < x.rank(); i++) {
      fits = i == axis || index.size(i) <= x.size(i);
    }
    if (!fits) {
      throw new ShapeException(
          name
              + ": "
              + x.shape()
              + " with an index of "
              + index.shape()
              + ": as many axes, none longer but axis "
              + axis);
    }
  }

  static void checkScattered(String name, Tensor x, Tensor index, Tensor source, int axis) {
    checkGathered(name, x, index, axis);
    boolean fits = source.rank() == index.rank();
    for (int i = 0; fits && i < index.rank(); i++) {
      fits = index.size(i) <= source.size(i);
    }
    if (!fits) {
      throw new ShapeException(
          name
              + ": a source of "
              + source.shape()
              + " with an index of "
              + index.shape()
              + ": no axis of the index is longer");
    }
    if (source.dtype() != x.dtype()) {
      throw new DTypeException(
          name + ": a source of " + source.dtype() + " for " + x.dtype() + ": the types agree");
    }
  }

  /** Cuts a gradient to the index's shape, and puts zeros around what was not read. */
  static Tensor sourceGradient(Backward<Integer> call, Tensor gradient) {
    Tensor gathered = gradient.gather(call.attributes(), call.input(1));
    Shape source = call.shape(2);
    for (int axis = 0; axis < source.rank(); axis++) {
      if (gathered.size(axis) < source.size(axis)) {
        gathered =
            Embedding.embed(
                gathered,
                gathered.shape().with(axis, source.size(axis)),
                Embedding.slice(new Views.Range(axis, 0, gathered.size(axis), 1)));
      }
    }
    return gathered;
  }
}
