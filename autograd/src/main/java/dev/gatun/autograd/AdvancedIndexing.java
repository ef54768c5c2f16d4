package dev.gatun.autograd;

import static dev.gatun.autograd.Operand.index;
import static dev.gatun.autograd.Operand.real;

import dev.gatun.kernels.Kernels;
import dev.gatun.kernels.index.IndexKernels;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.IndexRangeException;
import dev.gatun.memory.Layout;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import dev.gatun.memory.StridedArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Elements addressed by several tensors of positions at once, by PyTorch's rules. The axes that are
 * addressed are joined into one, and the positions into one vector of positions along it, so that
 * the kernels for slices do the rest.
 */
final class AdvancedIndexing {
  /**
   * Which axes the tensors of positions address, and how elements are written.
   *
   * @param axes the axes, in ascending order
   * @param accumulate whether elements are added to what is there
   */
  record Places(List<Integer> axes, boolean accumulate) {
    /** Copies the list. */
    Places {
      axes = List.copyOf(axes);
    }

    static Places of(boolean accumulate, Integer... axes) {
      return new Places(List.of(axes), accumulate);
    }

    Places accumulating(boolean adding) {
      return new Places(axes, adding);
    }

    /** What stands between the brackets in Python, the positions being inputs from some one on. */
    String inPython(int firstInput, String absent) {
      StringBuilder text = new StringBuilder();
      int next = firstInput;
      for (int axis = 0; axis <= axes.getLast(); axis++) {
        text.append(axis == 0 ? "" : ", ");
        text.append(
            axes.contains(axis) ? String.valueOf(PyTorchCall.INPUT_NAMES.charAt(next++)) : absent);
      }
      return text.toString();
    }
  }

  private static final int MOST_INPUTS = 62;

  /** The inputs from one on are needed by the backward pass. */
  private static long inputsFrom(int first) {
    return (1L << MOST_INPUTS) - (1L << first);
  }

  /** Elements at positions: inputs are the tensor and the positions. */
  static final StructuralOp<Places> INDEX =
      StructuralOp.<Places>named("index", AdvancedIndexing::read)
          .gradient(
              inputsFrom(1),
              (call, g) -> {
                Tensor[] inputs = new Tensor[call.inputCount() + 1];
                inputs[0] = Embedding.zeros(g.dtype(), call.shape(0));
                inputs[1] = g;
                for (int i = 1; i < call.inputCount(); i++) {
                  inputs[i + 1] = call.input(i);
                }
                return AdvancedIndexing.put(call.attributes().accumulating(true), inputs);
              })
          .pytorch((places, inputs) -> PyTorchCall.of("a[" + places.inPython(1, ":") + "]"))
          .drawn(draw -> drawn(draw, false))
          .samples(() ->
              List.of(
                  Sample.of(Places.of(false, 0), real(4, 3), index(4, 2, 3)),
                  Sample.of(Places.of(false, 1), real(2, 3), index(3)),
                  Sample.of(Places.of(false, 0, 1), real(4, 3), index(4, 5), index(3, 5)),
                  Sample.of(Places.of(false, 1, 2), real(2, 3, 4), index(3, 2, 1), index(4, 5)),
                  Sample.of(Places.of(false, 0, 2), real(3, 2, 4), index(3, 2), index(4, 1)),
                  Sample.of(Places.of(false, 0), real(3, 2), index(3, 0)),
                  Sample.refused(
                      ShapeException.class,
                      "index",
                      Places.of(false, 0, 1),
                      real(4, 3),
                      index(4, 2),
                      index(3, 5)),
                  Sample.refused(
                      IndexRangeException.class,
                      "outside axis 1",
                      Places.of(false, 0, 1),
                      real(2, 3),
                      index(2, 2),
                      new Operand(Operand.Kind.INDEX, Shape.of(2), 5, 9))));

  /** A tensor with others at positions: inputs are the tensor, the values and the positions. */
  static final StructuralOp<Places> INDEX_PUT =
      StructuralOp.<Places>updating("index_put", AdvancedIndexing::write)
          .gradient(
              inputsFrom(2),
              (call, g) -> {
                if (call.attributes().accumulate) {
                  return g;
                }
                Tensor[] inputs = positionsOf(call, 2);
                inputs[0] = g;
                inputs[1] = Gatun.zeros(g.dtype(), Shape.scalar());
                return AdvancedIndexing.put(call.attributes(), inputs);
              })
          .gradient(
              inputsFrom(2),
              (call, g) -> {
                Tensor[] inputs = positionsOf(call, 1);
                inputs[0] = g;
                return INDEX.apply(call.attributes(), inputs);
              })
          .pytorch((places, inputs) ->
              PyTorchCall.of(
                  "torch.index_put(a, [" + places.inPython(2, "None") + "], b, p)",
                  places.accumulate))
          .drawn(draw -> drawn(draw, true))
          .samples(() ->
              List.of(
                  Sample.of(Places.of(true, 0), real(4, 3), real(2, 3), index(4, 2)),
                  Sample.of(Places.of(false, 1), real(2, 3), real(2, 1), index(3, 1)),
                  Sample.of(Places.of(true, 0, 1), real(4, 3), real(5), index(4, 5), index(3, 5)),
                  Sample.of(
                      Places.of(true, 0, 2), real(3, 2, 4), real(2, 2), index(3, 2), index(4, 1)),
                  Sample.of(Places.of(false, 0, 1), real(2, 3, 4), real(), index(2), index(3, 1)),
                  Sample.refused(
                      ShapeException.class,
                      "values",
                      Places.of(false, 0),
                      real(4, 3),
                      real(5),
                      index(4, 2))));

  private AdvancedIndexing() {}

  private static Tensor put(Places places, Tensor[] inputs) {
    return INDEX_PUT.apply(places, inputs);
  }

  /** Returns the positions of a call that has them from input 2 on, with room before them. */
  private static Tensor[] positionsOf(Backward<Places> call, int room) {
    Tensor[] inputs = new Tensor[call.inputCount() - 2 + room];
    for (int i = 2; i < call.inputCount(); i++) {
      inputs[i - 2 + room] = call.input(i);
    }
    return inputs;
  }

  private static Sample<Places> drawn(Draw draw, boolean writing) {
    long[] sizes = draw.sizes(1, 4);
    List<Integer> axes = new ArrayList<>();
    for (int axis = 0; axis < sizes.length && axes.size() < 3; axis++) {
      sizes[axis] = Math.max(1, sizes[axis]);
      if (draw.coin()) {
        axes.add(axis);
      }
    }
    if (axes.isEmpty()) {
      axes.add(draw.pick(0, sizes.length - 1));
      sizes[axes.getFirst()] = Math.max(1, sizes[axes.getFirst()]);
    }
    boolean accumulate = draw.coin();
    long there = axes.stream().mapToLong(axis -> sizes[axis]).reduce(1, (a, b) -> a * b);
    // Which of several values for one place stays is not said where there is more than one.
    long[] common = writing && !accumulate ? new long[0] : draw.sizes(0, 2, there);
    List<Operand> operands = new ArrayList<>();
    operands.add(real(sizes));
    Shape[] shapes = new Shape[axes.size()];
    List<Operand> positions = new ArrayList<>();
    for (int i = 0; i < shapes.length; i++) {
      Operand operand = index(sizes[axes.get(i)], draw.broadcastable(common));
      positions.add(operand);
      shapes[i] = operand.shape();
    }
    Places places = new Places(axes, accumulate);
    if (writing) {
      Geometry geometry = new Geometry("index_put", Shape.of(sizes), axes, shapes);
      operands.add(real(draw.broadcastable(geometry.result.toArray())));
    }
    operands.addAll(positions);
    return Sample.of(places, operands.toArray(Operand[]::new));
  }

  // ---- what a subscript asks for

  /** Reads elements, for a method that messages begin with the name of. */
  static Tensor pick(String method, Tensor x, List<Integer> axes, List<Tensor> positions) {
    Tensor[] inputs = new Tensor[positions.size() + 1];
    inputs[0] = x;
    for (int i = 1; i < inputs.length; i++) {
      inputs[i] = positions.get(i - 1);
    }
    return INDEX.applyAs(method, new Places(axes, false), inputs);
  }

  /** Writes into a tensor, for a method that messages begin with the name of. */
  static void put(
      String method,
      Tensor x,
      List<Integer> axes,
      List<Tensor> positions,
      Tensor values,
      boolean accumulate) {
    Tensor[] inputs = new Tensor[positions.size() + 2];
    inputs[0] = x;
    inputs[1] = values;
    for (int i = 2; i < inputs.length; i++) {
      inputs[i] = positions.get(i - 2);
    }
    INDEX_PUT.applyInPlaceAs(method, new Places(axes, accumulate), inputs);
  }

  /** Returns the shape of what is at some positions. */
  static Shape shape(String operation, Shape whole, List<Integer> axes, List<Tensor> positions) {
    Shape[] shapes = new Shape[positions.size()];
    Arrays.setAll(shapes, i -> positions.get(i).shape());
    return new Geometry(operation, whole, axes, shapes).result;
  }

  // ---- the work

  /** Where the axes of a call are. */
  private static final class Geometry {
    final Shape whole;
    final List<Integer> axes;

    /** The common shape of the positions. */
    final Shape common;

    /** The axes of the tensor, those that are addressed being neighbours. */
    final int[] order;

    /** Where the axes that are addressed begin in that order. */
    final int at;

    /** The sizes of the tensor in that order, the axes that are addressed being one. */
    final Shape joined;

    /** The shape of the result, the common axes being one. */
    final Shape picked;

    /** The shape of the result. */
    final Shape result;

    Geometry(String operation, Shape whole, List<Integer> axes, Shape[] positions) {
      this.whole = whole;
      this.axes = axes;
      Shape all = positions[0];
      for (Shape shape : positions) {
        all = Shape.broadcast(operation, all, shape);
      }
      common = all;
      int count = axes.size();
      int rank = whole.rank();
      boolean neighbours = axes.getLast() - axes.getFirst() == count - 1;
      at = neighbours ? axes.getFirst() : 0;
      order = new int[rank];
      int next = 0;
      for (int axis = 0; axis < at; axis++) {
        order[next++] = axis;
      }
      for (int axis : axes) {
        order[next++] = axis;
      }
      for (int axis = at; axis < rank; axis++) {
        if (!axes.contains(axis)) {
          order[next++] = axis;
        }
      }
      long[] sizes = new long[rank - count + 1];
      long[] results = new long[rank - count + common.rank()];
      long product = 1;
      for (int axis : axes) {
        product *= whole.size(axis);
      }
      for (int i = 0; i < at; i++) {
        sizes[i] = whole.size(order[i]);
        results[i] = sizes[i];
      }
      sizes[at] = product;
      System.arraycopy(common.toArray(), 0, results, at, common.rank());
      for (int i = at + 1; i < sizes.length; i++) {
        sizes[i] = whole.size(order[i + count - 1]);
        results[i + common.rank() - 1] = sizes[i];
      }
      joined = Shape.of(sizes);
      picked = joined.with(at, common.numel());
      result = Shape.of(results);
    }

    static Geometry of(Invocation<Places> call, int firstPosition) {
      List<Integer> axes = call.attributes().axes;
      Shape whole = call.input(0).shape();
      if (axes.getLast() >= whole.rank() || call.inputCount() != firstPosition + axes.size()) {
        throw new ShapeException(
            call.name()
                + ": "
                + whole
                + ": "
                + (call.inputCount() - firstPosition)
                + " tensors of positions for axes "
                + axes);
      }
      Shape[] shapes = new Shape[axes.size()];
      for (int i = 0; i < shapes.length; i++) {
        Tensor positions = call.input(firstPosition + i);
        if (positions.dtype() != DType.INT64) {
          throw new DTypeException(
              call.name() + ": positions of " + positions.dtype() + ": they are of int64");
        }
        shapes[i] = positions.shape();
      }
      return new Geometry(call.name(), whole, axes, shapes);
    }

    @Nullable Layout joined(Tensor tensor) {
      return tensor.layout().permute(order).reshape(joined);
    }
  }

  private static IndexKernels kernels() {
    return Kernels.provider().indexing();
  }

  private static Tensor read(Invocation<Places> call) {
    Geometry geometry = Geometry.of(call, 1);
    Tensor x = call.input(0);
    Tensor result = call.result(x.dtype(), geometry.result);
    try (Tensor rows = rows(call, geometry, 1);
        StridedArray from = shown(x, geometry);
        StridedArray picked = Matrices.write(result, geometry.picked.toArray())) {
      try {
        kernels().indexSelect(picked, from, geometry.at, rows);
      } catch (IndexRangeException e) {
        throw outside(call, e);
      }
      Matrices.written(result, picked);
    }
    return result;
  }

  private static void write(Invocation<Places> call, Tensor self) {
    Geometry geometry = Geometry.of(call, 2);
    Tensor values = call.input(1);
    if (values.dtype() != self.dtype()) {
      throw new DTypeException(
          call.name() + ": values of " + values.dtype() + " for " + self.dtype() + ": types agree");
    }
    if (!broadcasts(values.shape(), geometry.result)) {
      throw new ShapeException(
          call.name()
              + ": values of "
              + values.shape()
              + " for places of "
              + geometry.result
              + ": they broadcast");
    }
    try (Tensor rows = rows(call, geometry, 2);
        Tensor spread =
            new Tensor(
                values.storage().retain(),
                values.dtype(),
                values.layout().expand(geometry.result));
        StridedArray source = Matrices.read(spread, geometry.picked.toArray());
        StridedArray joined = shown(self, geometry)) {
      try {
        write(call, joined, geometry, rows, source);
      } catch (IndexRangeException e) {
        throw outside(call, e);
      }
      if (joined.storage() != self.storage()) {
        bringBack(self, geometry, joined);
      }
    }
  }

  private static boolean broadcasts(Shape shape, Shape target) {
    int missing = target.rank() - shape.rank();
    boolean fits = missing >= 0;
    for (int axis = 0; fits && axis < shape.rank(); axis++) {
      fits = shape.size(axis) == 1 || shape.size(axis) == target.size(axis + missing);
    }
    return fits;
  }

  private static void write(
      Invocation<Places> call,
      StridedArray joined,
      Geometry geometry,
      Tensor rows,
      StridedArray source) {
    if (!call.attributes().accumulate) {
      kernels().indexCopy(joined, geometry.at, rows, source);
    } else if (RoundedOnce.isNarrow(joined.dtype())) {
      try (Tensor into = sharing(joined);
          Tensor added = sharing(source)) {
        RoundedOnce.fold(
            into, added, (to, from) -> kernels().indexAdd(to, geometry.at, rows, from));
      }
    } else {
      kernels().indexAdd(joined, geometry.at, rows, source);
    }
  }

  private static Tensor sharing(StridedArray array) {
    return new Tensor(array.storage().retain(), array.dtype(), array.layout());
  }

  /** Shows a tensor with its addressed axes joined, as a copy where strides cannot do that. */
  private static StridedArray shown(Tensor tensor, Geometry geometry) {
    Layout layout = geometry.joined(tensor);
    if (layout != null) {
      return new StridedArray(tensor.storage().retain(), tensor.dtype(), layout);
    }
    StridedArray copy = StridedArray.allocate(tensor.dtype(), geometry.joined);
    try (StridedArray ordered = inOrder(tensor, geometry);
        StridedArray alike = Matrices.inShape(copy, ordered.layout().shape())) {
      kernels().copy(alike, ordered);
    }
    return copy;
  }

  private static void bringBack(Tensor tensor, Geometry geometry, StridedArray copy) {
    try (StridedArray ordered = inOrder(tensor, geometry);
        StridedArray alike = Matrices.inShape(copy, ordered.layout().shape())) {
      kernels().copy(ordered, alike);
    }
  }

  private static StridedArray inOrder(Tensor tensor, Geometry geometry) {
    return new StridedArray(
        tensor.storage().retain(), tensor.dtype(), tensor.layout().permute(geometry.order));
  }

  /** Joins the positions to positions along the joined axes, one after the other. */
  private static Tensor rows(Invocation<Places> call, Geometry geometry, int firstPosition) {
    try (Scope scope = Scope.open()) {
      int count = geometry.axes.size();
      Tensor sum = call.input(firstPosition);
      if (count > 1) {
        long factor = 1;
        for (int i = count - 1; i >= 0; i--) {
          int axis = geometry.axes.get(i);
          Tensor term = multiplied(call, call.input(firstPosition + i), axis, factor);
          sum = i == count - 1 ? term : sum.add(term);
          factor *= geometry.whole.size(axis);
        }
      }
      Tensor all = scope.keep(Tensor.allocate(DType.INT64, Shape.of(geometry.common.numel())));
      try (StridedArray alike = Matrices.inShape(all, geometry.common);
          StridedArray spread =
              new StridedArray(
                  sum.storage().retain(), sum.dtype(), sum.layout().expand(geometry.common))) {
        kernels().copy(alike, spread);
      }
      return all;
    }
  }

  /**
   * Multiplies positions by the number of elements that a step is worth, counting those from the
   * end from the start: a lookup in a table of products, so that the kernel checks the positions.
   */
  private static Tensor multiplied(
      Invocation<Places> call, Tensor positions, int axis, long factor) {
    long[] sizes = new long[axis + 1];
    Arrays.fill(sizes, 1);
    sizes[axis] = call.input(0).size(axis);
    Tensor result = Tensor.allocate(DType.INT64, positions.shape());
    try (Tensor table = Tensor.allocate(DType.INT64, Shape.of(sizes));
        StridedArray flat = Matrices.read(positions, positions.numel())) {
      kernels().range(table, 0, factor);
      sizes[axis] = positions.numel();
      try (StridedArray products = Matrices.inShape(result, Shape.of(sizes))) {
        kernels().indexSelect(products, table, axis, flat);
      }
    } catch (IndexRangeException e) {
      throw outside(call, e);
    }
    return result;
  }

  /** Says which tensor was addressed. */
  private static IndexRangeException outside(Invocation<Places> call, IndexRangeException e) {
    String message = String.valueOf(e.getMessage());
    return new IndexRangeException(
        call.name()
            + ": "
            + call.input(0).shape()
            + message.substring(Math.max(message.indexOf(": "), 0)));
  }
}
