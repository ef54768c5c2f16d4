package dev.gatun.autograd;

import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.Layout;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import dev.gatun.memory.StridedArray;

/**
 * What operations ask of positions, and of what is read or written there. A scalar counts as a
 * vector of one element.
 */
final class IndexRules {
  private static final Shape ONE = Shape.of(1);

  private IndexRules() {}

  /** Work on tensors that all have axes. */
  @FunctionalInterface
  interface Work {
    void on(StridedArray[] arrays);
  }

  /** Tells whether there is a scalar among the tensors. */
  static boolean anyScalar(Tensor first, Tensor second) {
    return first.rank() == 0 || second.rank() == 0;
  }

  /** As above. */
  static boolean anyScalar(Tensor first, Tensor second, Tensor third) {
    return anyScalar(first, second) || third.rank() == 0;
  }

  /** Does work on tensors some of which are scalars, as on vectors. */
  static void onVectors(Work work, Tensor... tensors) {
    StridedArray[] arrays = new StridedArray[tensors.length];
    for (int i = 0; i < arrays.length; i++) {
      Tensor tensor = tensors[i];
      Layout layout = tensor.layout();
      arrays[i] =
          new StridedArray(
              tensor.storage().retain(),
              tensor.dtype(),
              tensor.rank() == 0 ? Layout.strided(ONE, new long[] {1}, layout.offset()) : layout);
    }
    try {
      work.on(arrays);
    } finally {
      for (StridedArray array : arrays) {
        array.close();
      }
    }
  }

  /** Positions of int32 as positions of int64, where PyTorch takes both. */
  static Tensor wide(Tensor index) {
    return index.dtype() == DType.INT32 ? index.to(DType.INT64) : index;
  }

  private static int axes(Tensor tensor) {
    return Math.max(tensor.rank(), 1);
  }

  private static long size(Tensor tensor, int axis) {
    return tensor.rank() == 0 ? 1 : tensor.size(axis);
  }

  static void checkIndex(String name, Tensor index) {
    if (index.dtype() != DType.INT64) {
      throw new DTypeException(name + ": an index of " + index.dtype() + ": positions are int64");
    }
  }

  static void checkVector(String name, Tensor index) {
    checkIndex(name, index);
    if (index.rank() > 1) {
      throw new ShapeException(name + ": an index of " + index.shape() + ": it has one axis");
    }
  }

  static void checkScalar(String name, Tensor value) {
    if (value.rank() != 0) {
      throw new ShapeException(name + ": a value of " + value.shape() + ": it has no axes");
    }
  }

  static int axisOf(String name, Tensor tensor, int axis) {
    return tensor.rank() == 0
        ? ONE.normalizeAxis(name, axis)
        : tensor.shape().normalizeAxis(name, axis);
  }

  /** Returns the shape of so many slices of a tensor. */
  static Shape slices(String name, Tensor tensor, int axis, long count) {
    if (tensor.rank() > 0) {
      return tensor.shape().with(axis, count);
    }
    if (count != 1) {
      throw new ShapeException(name + ": []: " + count + " positions: a scalar has one");
    }
    return tensor.shape();
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
    boolean fits = axes(index) == axes(x);
    for (int i = 0; fits && i < axes(x); i++) {
      fits = i == axis || size(index, i) <= size(x, i);
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
    boolean fits = axes(source) == axes(index);
    for (int i = 0; fits && i < axes(index); i++) {
      fits = size(index, i) <= size(source, i);
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
    if (gathered.rank() != source.rank()) {
      gathered = gathered.reshape(source.rank() == 0 ? source : ONE);
    }
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
