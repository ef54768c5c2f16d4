package dev.gatun.autograd;

import static dev.gatun.autograd.Operand.real;

import dev.gatun.kernels.Kernels;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.IndexRangeException;
import dev.gatun.memory.Layout;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import dev.gatun.memory.StridedArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Other layouts over the same memory. A view shares its elements with the tensor it is taken from:
 * what is written to the one is read from the other, and nothing is copied, except by {@link
 * #reshape} where it says so. Axes may be counted from the end, with negative numbers.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface Views {
  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  /** Axes in another order. */
  StructuralOp<int[]> PERMUTE =
      StructuralOp.<int[]>named(
              "permute", call -> call.view(call.input(0).layout().permute(call.attributes())))
          .gradient(StructuralOp.NOTHING, (call, g) -> g.permute(inverse(call.attributes())))
          .pytorch((axes, inputs) -> PyTorchCall.of("torch.permute(a, p)", Axes.toLongs(axes)))
          .drawn(DrawnSamples::permutations)
          .samples(() ->
              List.of(
                  Sample.of(new int[] {1, 0}, real(2, 3)),
                  Sample.of(new int[] {2, 0, 1}, real(2, 1, 4)),
                  Sample.of(new int[] {-1, 0}, real(0, 3)),
                  Sample.of(new int[0], real()),
                  Sample.refused(
                      ShapeException.class, "named once", new int[] {0, 0}, real(2, 3))));

  private static int[] inverse(int[] axes) {
    int[] result = new int[axes.length];
    for (int i = 0; i < axes.length; i++) {
      result[axes[i] < 0 ? axes[i] + axes.length : axes[i]] = i;
    }
    return result;
  }

  /**
   * Returns the axes in another order.
   *
   * @param axes for each axis of the result, the axis it comes from
   * @return the view
   * @throws ShapeException when {@code axes} is not a permutation of the axes
   */
  default Tensor permute(int... axes) {
    return PERMUTE.apply(axes.clone(), self());
  }

  /**
   * Exchanges two axes.
   *
   * @param first the one axis
   * @param second the other axis
   * @return the view
   * @throws ShapeException when there is no such axis
   */
  default Tensor transpose(int first, int second) {
    int[] axes = AxisOrder.exchanged("transpose", self().shape(), first, second);
    return PERMUTE.applyAs("transpose", axes, self());
  }

  /**
   * Transposes a matrix; a vector or a scalar is returned as it is.
   *
   * @return the view
   * @throws ShapeException when there are more than two axes: {@link #mT()} transposes the last two
   */
  default Tensor T() {
    int rank = self().openFor("T").rank();
    if (rank > 2) {
      throw new ShapeException(
          "T: " + self().shape() + ": at most two axes; mT() takes the last two");
    }
    return rank < 2
        ? PERMUTE.apply(rank == 0 ? new int[0] : new int[] {0}, self())
        : transpose(0, 1);
  }

  /**
   * Exchanges the last two axes.
   *
   * @return the view
   * @throws ShapeException when there are fewer than two axes
   */
  default Tensor mT() {
    if (self().openFor("mT").rank() < 2) {
      throw new ShapeException("mT: " + self().shape() + ": at least two axes");
    }
    return transpose(-2, -1);
  }

  /** The same elements under another shape, copied only where no strides describe it. */
  StructuralOp<Shape> RESHAPE =
      StructuralOp.<Shape>named(
              "reshape",
              call -> {
                Tensor input = call.input(0);
                Layout layout = input.layout().reshape(call.attributes());
                if (layout != null) {
                  return call.view(layout);
                }
                Tensor result = Tensor.allocate(input.dtype(), call.attributes());
                StridedArray sameShape =
                    new StridedArray(
                        result.storage().retain(),
                        result.dtype(),
                        Layout.contiguous(input.shape()));
                Kernels.provider().indexing().copy(sameShape, input);
                sameShape.close();
                return result;
              })
          .gradient(StructuralOp.NOTHING, (call, g) -> g.reshape(call.shape(0)))
          .pytorch((shape, inputs) -> PyTorchCall.of("torch.reshape(a, p)", shape.toArray()))
          .drawn(DrawnSamples::reshapes)
          .samples(() ->
              List.of(
                  Sample.of(Shape.of(3, 2), real(2, 3)),
                  Sample.of(Shape.of(4), real(2, 1, 2)),
                  Sample.of(Shape.of(0, 7), real(3, 0)),
                  Sample.of(Shape.scalar(), real(1, 1)),
                  Sample.refused(
                      ShapeException.class, "elements are not", Shape.of(4), real(2, 3))));

  /**
   * Returns the elements, in row-major order, under another shape: a view where strides can
   * describe it, else a copy.
   *
   * @param sizes the sizes to reach; one of them may be -1 and is worked out
   * @return a view, or a new tensor
   * @throws ShapeException when the number of elements differs
   */
  default Tensor reshape(long... sizes) {
    return reshape(inferred("reshape", sizes));
  }

  /**
   * Returns the elements, in row-major order, under another shape: a view where strides can
   * describe it, else a copy.
   *
   * @param shape the shape to reach
   * @return a view, or a new tensor
   * @throws ShapeException when the number of elements differs
   */
  default Tensor reshape(Shape shape) {
    return RESHAPE.apply(shape, self());
  }

  /**
   * Returns the elements under another shape, never copying.
   *
   * @param sizes the sizes to reach; one of them may be -1 and is worked out
   * @return the view
   * @throws ShapeException when the number of elements differs, or no strides describe the view:
   *     {@link #reshape} copies then
   */
  default Tensor view(long... sizes) {
    Shape shape = inferred("view", sizes);
    if (self().layout().reshape(shape) == null) {
      throw new ShapeException(
          "view: " + self().layout() + " as " + shape + ": no strides describe it; reshape copies");
    }
    return RESHAPE.applyAs("view", shape, self());
  }

  private Shape inferred(String operation, long[] sizes) {
    int open = -1;
    long known = 1;
    for (int i = 0; i < sizes.length; i++) {
      if (sizes[i] == -1 && open < 0) {
        open = i;
      } else if (sizes[i] < 0) {
        throw new ShapeException(
            operation
                + ": "
                + Arrays.toString(sizes)
                + ": one size may be -1, others not negative");
      } else {
        known *= sizes[i];
      }
    }
    if (open < 0) {
      return Shape.of(sizes);
    }
    long numel = self().numel();
    if (known == 0 || numel % known != 0) {
      throw new ShapeException(
          operation
              + ": "
              + self().shape()
              + " to "
              + Arrays.toString(sizes)
              + ": "
              + numel
              + " elements leave no whole size for -1");
    }
    long[] whole = sizes.clone();
    whole[open] = numel / known;
    return Shape.of(whole);
  }

  /**
   * Joins neighbouring axes into one: a view where strides can describe it, else a copy.
   *
   * @param first the first axis to join
   * @param last the last axis to join
   * @return a view, or a new tensor
   * @throws ShapeException when there is no such axis, or the last is before the first
   */
  default Tensor flatten(int first, int last) {
    Shape shape = self().shape();
    int from = shape.normalizeAxis("flatten", first);
    int to = shape.normalizeAxis("flatten", last);
    if (to < from) {
      throw new ShapeException("flatten: " + shape + ": axis " + last + " is before axis " + first);
    }
    if (shape.rank() == 0) {
      return RESHAPE.applyAs("flatten", Shape.of(1), self());
    }
    long[] sizes = new long[shape.rank() - (to - from)];
    long joined = 1;
    for (int axis = 0; axis < shape.rank(); axis++) {
      if (axis < from) {
        sizes[axis] = shape.size(axis);
      } else if (axis <= to) {
        joined *= shape.size(axis);
      } else {
        sizes[axis - (to - from)] = shape.size(axis);
      }
    }
    sizes[from] = joined;
    return RESHAPE.applyAs("flatten", Shape.of(sizes), self());
  }

  /**
   * Joins all axes into one.
   *
   * @return a view, or a new tensor
   */
  default Tensor flatten() {
    return flatten(0, -1);
  }

  /**
   * Takes an axis of size 1 out; a larger one stays.
   *
   * @param axis the axis
   * @return the view
   * @throws ShapeException when there is no such axis
   */
  default Tensor squeeze(int axis) {
    return RESHAPE.applyAs("squeeze", self().layout().squeeze(axis).shape(), self());
  }

  /**
   * Takes every axis of size 1 out.
   *
   * @return the view
   */
  default Tensor squeeze() {
    return RESHAPE.applyAs("squeeze", self().layout().squeeze().shape(), self());
  }

  /**
   * Puts an axis of size 1 in.
   *
   * @param axis where it stands in the result
   * @return the view
   * @throws ShapeException when there is no such place
   */
  default Tensor unsqueeze(int axis) {
    return RESHAPE.applyAs("unsqueeze", self().layout().unsqueeze(axis).shape(), self());
  }

  /** Axes of size 1 repeated. */
  StructuralOp<Shape> EXPAND =
      StructuralOp.<Shape>named(
              "expand", call -> call.view(call.input(0).layout().expand(call.attributes())))
          // The engine sums the gradient back to the shape of the input.
          .gradient(StructuralOp.NOTHING, (call, g) -> g)
          .pytorch((shape, inputs) -> PyTorchCall.of("a.expand(p)", shape.toArray()))
          .drawn(DrawnSamples::expansions)
          .samples(() ->
              List.of(
                  Sample.of(Shape.of(2, 3), real(1, 3)),
                  Sample.of(Shape.of(2, 3), real(3)),
                  Sample.of(Shape.of(4), real()),
                  Sample.of(Shape.of(0, 3), real(1, 3)),
                  Sample.refused(
                      ShapeException.class, "are repeated", Shape.of(2, 4), real(2, 3))));

  /**
   * Repeats axes of size 1, and adds leading ones, without copying.
   *
   * @param sizes the sizes to reach; -1 leaves an axis as it is
   * @return the view, several elements of which share one address along repeated axes
   * @throws ShapeException when an axis of another size would have to be repeated, or -1 stands for
   *     an axis that is not there yet
   */
  default Tensor expand(long... sizes) {
    long[] whole = sizes.clone();
    int missing = sizes.length - self().rank();
    for (int i = 0; i < whole.length; i++) {
      if (whole[i] != -1) {
        continue;
      }
      if (i < missing) {
        throw new ShapeException(
            "expand: "
                + self().shape()
                + " to "
                + Arrays.toString(sizes)
                + ": axis "
                + i
                + " is a new one, which has no size to be left at -1");
      }
      whole[i] = self().size(i - missing);
    }
    return EXPAND.apply(Shape.of(whole), self());
  }

  /**
   * Repeats axes of size 1, and adds leading ones, without copying.
   *
   * @param shape the shape to reach
   * @return the view, several elements of which share one address along repeated axes
   * @throws ShapeException when an axis of another size would have to be repeated
   */
  default Tensor broadcastTo(Shape shape) {
    Tensor x = self();
    if (x.isTracked()) {
      return EXPAND.applyAs("broadcast_to", shape, x);
    }
    // Most gradients of sums come by here: nothing is to be recorded, and a view computes nothing.
    x.checkOpen("broadcast_to");
    return x.viewOf(x.layout().expand(shape));
  }

  /**
   * A range of an axis.
   *
   * @param axis the axis
   * @param start the first index
   * @param end the index before which the range ends
   * @param step the distance between indices taken
   */
  record Range(int axis, long start, long end, long step) {}

  /** Every so many indices of an axis. */
  StructuralOp<Range> SLICE =
      StructuralOp.<Range>named(
              "slice",
              call -> {
                Range range = call.attributes();
                return call.view(
                    call.input(0).layout().slice(range.axis, range.start, range.end, range.step));
              })
          .gradient(
              StructuralOp.NOTHING,
              (call, g) -> Embedding.embed(g, call.shape(0), Embedding.slice(call.attributes())))
          .pytorch((range, inputs) ->
              PyTorchCall.of(
                  "torch.slice(a, p, q, r, s)",
                  (long) range.axis,
                  range.start,
                  range.end,
                  range.step))
          .drawn(DrawnSamples::ranges)
          .samples(() ->
              List.of(
                  Sample.of(new Range(0, 1, 3, 1), real(4, 3)),
                  Sample.of(new Range(1, 0, 100, 2), real(2, 5)),
                  Sample.of(new Range(-1, -2, Long.MAX_VALUE, 1), real(2, 5)),
                  Sample.of(new Range(0, 2, 1, 1), real(3)),
                  Sample.refused(
                      IndexRangeException.class, "not positive", new Range(0, 0, 1, 0), real(2)),
                  Sample.refused(
                      ShapeException.class, "axis 2", new Range(2, 0, 1, 1), real(2, 2))));

  /**
   * Returns every {@code step}-th index of a range, by Python's rules: negative bounds count from
   * the end, and bounds beyond the axis are cut to it.
   *
   * @param axis the axis
   * @param start the first index
   * @param end the index before which the range ends
   * @param step the distance between indices taken, at least 1
   * @return the view
   * @throws ShapeException when there is no such axis
   * @throws IndexRangeException when the step is not positive
   */
  default Tensor slice(int axis, long start, long end, long step) {
    return SLICE.apply(new Range(axis, start, end, step), self());
  }

  /**
   * Returns the indices of a range.
   *
   * @param axis the axis
   * @param start the first index
   * @param end the index before which the range ends
   * @return the view
   * @throws ShapeException when there is no such axis
   */
  default Tensor slice(int axis, long start, long end) {
    return slice(axis, start, end, 1);
  }

  /**
   * Returns some neighbouring indices.
   *
   * @param axis the axis
   * @param start the first index; negative ones count from the end
   * @param length the number of indices
   * @return the view
   * @throws ShapeException when there is no such axis
   * @throws IndexRangeException when the range does not lie within the axis
   */
  default Tensor narrow(int axis, long start, long length) {
    self().checkOpen("narrow");
    self().layout().narrow(axis, start, length);
    long from = start < 0 ? start + self().size(axis) : start;
    return slice(axis, from, from + length, 1);
  }

  /**
   * One index of an axis.
   *
   * @param axis the axis
   * @param index the index along it
   */
  record Position(int axis, long index) {}

  /** One index of an axis, which is taken out. */
  StructuralOp<Position> SELECT =
      StructuralOp.<Position>named(
              "select",
              call ->
                  call.view(
                      call.input(0)
                          .layout()
                          .select(call.attributes().axis, call.attributes().index)))
          .gradient(
              StructuralOp.NOTHING,
              (call, g) -> Embedding.embed(g, call.shape(0), Embedding.select(call.attributes())))
          .pytorch((position, inputs) ->
              PyTorchCall.of("torch.select(a, p, q)", (long) position.axis, position.index))
          .drawn(DrawnSamples::positions)
          .samples(() ->
              List.of(
                  Sample.of(new Position(0, 1), real(2, 3)),
                  Sample.of(new Position(-1, -1), real(2, 3)),
                  Sample.of(new Position(0, 0), real(1)),
                  Sample.refused(
                      IndexRangeException.class, "outside axis", new Position(0, 2), real(2)),
                  Sample.refused(ShapeException.class, "no axes", new Position(0, 0), real())));

  /**
   * Returns what is at one index of an axis, which is taken out.
   *
   * @param axis the axis
   * @param index the index; negative ones count from the end
   * @return the view
   * @throws ShapeException when there is no such axis
   * @throws IndexRangeException when there is no such index
   */
  default Tensor select(int axis, long index) {
    return SELECT.apply(new Position(axis, index), self());
  }

  /**
   * A diagonal of two axes.
   *
   * @param offset 0 for the main one, positive above, negative below
   * @param first the axis of rows
   * @param second the axis of columns
   */
  record Diagonal(long offset, int first, int second) {}

  /** A diagonal of two axes, as the last axis. */
  StructuralOp<Diagonal> DIAGONAL =
      StructuralOp.<Diagonal>named(
              "diagonal",
              call -> {
                Diagonal diagonal = call.attributes();
                return call.view(
                    call.input(0)
                        .layout()
                        .diagonal(diagonal.offset, diagonal.first, diagonal.second));
              })
          .gradient(
              StructuralOp.NOTHING,
              (call, g) -> Embedding.embed(g, call.shape(0), Embedding.diagonal(call.attributes())))
          .pytorch((diagonal, inputs) ->
              PyTorchCall.of(
                  "torch.diagonal(a, p, q, r)",
                  diagonal.offset,
                  (long) diagonal.first,
                  (long) diagonal.second))
          .drawn(DrawnSamples::diagonals)
          .samples(() ->
              List.of(
                  Sample.of(new Diagonal(0, 0, 1), real(3, 3)),
                  Sample.of(new Diagonal(1, 0, 1), real(2, 4)),
                  Sample.of(new Diagonal(-1, 0, 2), real(3, 2, 3)),
                  Sample.of(new Diagonal(5, 0, 1), real(2, 2)),
                  Sample.refused(
                      ShapeException.class, "are the same", new Diagonal(0, 1, 1), real(2, 2))));

  /**
   * Returns a diagonal of two axes, which are taken out; it becomes the last axis.
   *
   * @param offset 0 for the main one, positive above, negative below
   * @param first the axis of rows
   * @param second the axis of columns
   * @return the view
   * @throws ShapeException when there is no such axis, or the two are one
   */
  default Tensor diagonal(long offset, int first, int second) {
    return DIAGONAL.apply(new Diagonal(offset, first, second), self());
  }

  /**
   * Returns the main diagonal of a matrix.
   *
   * @return the view
   * @throws ShapeException when there are fewer than two axes
   */
  default Tensor diagonal() {
    return diagonal(0, 0, 1);
  }

  /**
   * Takes an axis apart.
   *
   * @param axis the axis
   * @return what is at each of its indices, as views
   * @throws ShapeException when there is no such axis
   */
  default List<Tensor> unbind(int axis) {
    List<Tensor> parts = new ArrayList<>();
    self().checkOpen("unbind");
    for (long i = 0; i < self().size(axis); i++) {
      parts.add(select(axis, i));
    }
    return parts;
  }

  /**
   * Cuts an axis into pieces of one length; the last piece may be shorter.
   *
   * @param length the length of a piece, at least 1
   * @param axis the axis
   * @return the pieces, as views
   * @throws ShapeException when there is no such axis
   * @throws ArgumentException when the length is not positive
   */
  default List<Tensor> split(long length, int axis) {
    List<Tensor> parts = new ArrayList<>();
    long size = self().openFor("split").size(axis);
    if (length < 1 && (length < 0 || size > 0)) {
      throw new ArgumentException("split: a length of " + length + " is not positive");
    }
    long start = 0;
    do {
      parts.add(narrow(axis, start, Math.min(length, size - start)));
      start += length;
    } while (start < size);
    return parts;
  }

  /**
   * Cuts an axis into a number of pieces, as equal as PyTorch makes them: all of one length but the
   * last, so there may be fewer than asked for; of an empty axis, so many empty pieces.
   *
   * @param pieces the number of pieces, at least 1
   * @param axis the axis
   * @return the pieces, as views
   * @throws ShapeException when there is no such axis
   * @throws ArgumentException when the number is not positive
   */
  default List<Tensor> chunk(int pieces, int axis) {
    if (pieces < 1) {
      throw new ArgumentException("chunk: " + pieces + " pieces is not positive");
    }
    long size = self().openFor("chunk").size(axis);
    if (size == 0) {
      return Collections.nCopies(pieces, self()).stream().map(x -> x.narrow(axis, 0, 0)).toList();
    }
    return split((size + pieces - 1) / pieces, axis);
  }
}
