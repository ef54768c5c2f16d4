package dev.gatun.autograd;

import static dev.gatun.autograd.Operand.real;

import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.IndexRangeException;
import dev.gatun.memory.Layout;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * Further views: axes moved, cut and gone along, windows, and what is put back where a view was
 * taken. As in {@link Views}, nothing is copied but where it is said.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface AxisViews extends Iterable<Tensor> {
  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  // ---- axes in another order

  /**
   * Moves an axis to another place; the others keep their order.
   *
   * @param source the axis
   * @param destination where it stands in the result
   * @return the view
   * @throws ShapeException when there is no such axis
   */
  default Tensor movedim(int source, int destination) {
    return moved("movedim", new int[] {source}, new int[] {destination});
  }

  /**
   * Moves axes to other places; the others keep their order.
   *
   * @param source the axes
   * @param destination where they stand in the result
   * @return the view
   * @throws ShapeException when there is no such axis, one is named twice, or there are not as many
   *     places as axes
   */
  default Tensor movedim(int[] source, int[] destination) {
    return moved("movedim", source, destination);
  }

  private static Tensor exchanged(String name, Tensor x, int first, int second) {
    int[] axes = AxisOrder.exchanged(name, x.openFor(name).shape(), first, second);
    return Views.PERMUTE.applyAs(name, axes, x);
  }

  private Tensor moved(String name, int[] source, int[] destination) {
    Shape shape = self().openFor(name).shape();
    int rank = shape.rank();
    int[] from = normalized(name, shape, source);
    int[] to = normalized(name, shape, destination);
    if (from.length != to.length) {
      throw new ShapeException(
          name
              + ": "
              + shape
              + ": axes "
              + Arrays.toString(source)
              + " to "
              + Arrays.toString(destination)
              + ": as many places as axes");
    }
    if (rank == 0) {
      return self().permute();
    }
    int[] order = new int[rank];
    Arrays.fill(order, -1);
    boolean[] moved = new boolean[rank];
    for (int i = 0; i < from.length; i++) {
      order[to[i]] = from[i];
      moved[from[i]] = true;
    }
    int next = 0;
    for (int i = 0; i < rank; i++) {
      if (order[i] < 0) {
        while (moved[next]) {
          next++;
        }
        order[i] = next++;
      }
    }
    return self().permute(order);
  }

  private static int[] normalized(String name, Shape shape, int[] axes) {
    int[] result = new int[axes.length];
    for (int i = 0; i < axes.length; i++) {
      result[i] = shape.normalizeAxis(name, axes[i]);
      for (int j = 0; j < i; j++) {
        if (result[j] == result[i]) {
          throw new ShapeException(name + ": " + shape + ": axis " + axes[i] + " is named twice");
        }
      }
    }
    return result;
  }

  /**
   * As {@link #movedim(int, int)}, by NumPy's name.
   *
   * @param source the axis
   * @param destination where it stands in the result
   * @return the view
   * @throws ShapeException when there is no such axis
   */
  default Tensor moveaxis(int source, int destination) {
    return moved("moveaxis", new int[] {source}, new int[] {destination});
  }

  /**
   * As {@link Views#transpose}, by NumPy's name.
   *
   * @param first the one axis
   * @param second the other axis
   * @return the view
   * @throws ShapeException when there is no such axis
   */
  default Tensor swapaxes(int first, int second) {
    return exchanged("swapaxes", self(), first, second);
  }

  /**
   * As {@link Views#transpose}, by another of PyTorch's names.
   *
   * @param first the one axis
   * @param second the other axis
   * @return the view
   * @throws ShapeException when there is no such axis
   */
  default Tensor swapdims(int first, int second) {
    return exchanged("swapdims", self(), first, second);
  }

  /**
   * As {@link Views#mT}: for real numbers the conjugate transpose is the transpose.
   *
   * @return the view
   * @throws ShapeException when there are fewer than two axes
   */
  default Tensor mH() {
    return self().openFor("mH").mT();
  }

  // ---- shapes

  /**
   * As {@link Views#view}, with another tensor's shape.
   *
   * @param other the tensor
   * @return the view
   * @throws ShapeException when the number of elements differs, or no strides describe the view
   */
  default Tensor viewAs(Tensor other) {
    return self().openFor("view_as").view(other.openFor("view_as").shape().toArray());
  }

  /**
   * As {@link Views#reshape(Shape)}, with another tensor's shape.
   *
   * @param other the tensor
   * @return a view, or a new tensor
   * @throws ShapeException when the number of elements differs
   */
  default Tensor reshapeAs(Tensor other) {
    return Views.RESHAPE.applyAs("reshape_as", other.openFor("reshape_as").shape(), self());
  }

  /**
   * As {@link Views#broadcastTo}, with another tensor's shape.
   *
   * @param other the tensor
   * @return the view
   * @throws ShapeException when an axis of another size would have to be repeated
   */
  default Tensor expandAs(Tensor other) {
    return Views.EXPAND.applyAs("expand_as", other.openFor("expand_as").shape(), self());
  }

  /**
   * Splits an axis into several.
   *
   * @param axis the axis
   * @param sizes the sizes to split it into; one of them may be -1 and is worked out
   * @return the view
   * @throws ShapeException when there is no such axis or the sizes do not multiply to its size
   */
  default Tensor unflatten(int axis, long... sizes) {
    Shape shape = self().shape();
    int at = IndexRules.axisOf("unflatten", self(), axis);
    long[] all = new long[shape.rank() - 1 + sizes.length];
    long known = 1;
    int open = -1;
    for (int i = 0; i < sizes.length; i++) {
      if (sizes[i] == -1) {
        open = open < 0 ? i : sizes.length;
      } else {
        known *= sizes[i];
      }
      all[at + i] = sizes[i];
    }
    boolean fits = open < sizes.length && sizes.length > 0;
    if (fits && open >= 0) {
      fits = known != 0 && shape.size(at) % known == 0;
      all[at + open] = fits ? shape.size(at) / known : 0;
    } else {
      fits &= known == shape.size(at);
    }
    if (!fits) {
      throw new ShapeException(
          "unflatten: "
              + shape
              + ": axis "
              + at
              + " into "
              + Arrays.toString(sizes)
              + ": the sizes multiply to "
              + shape.size(at));
    }
    System.arraycopy(shape.toArray(), 0, all, 0, at);
    System.arraycopy(shape.toArray(), at + 1, all, at + sizes.length, shape.rank() - at - 1);
    return self().reshape(all);
  }

  // ---- windows

  /**
   * Windows along an axis.
   *
   * @param axis the axis
   * @param length the length of a window
   * @param step the distance between the starts of windows
   */
  record Windows(int axis, long length, long step) {}

  /** All windows along an axis, the places within them as the last axis. */
  StructuralOp<Windows> UNFOLD =
      StructuralOp.<Windows>named(
              "unfold",
              call -> {
                Windows windows = call.attributes();
                return call.view(
                    call.input(0).layout().unfold(windows.axis, windows.length, windows.step));
              })
          .gradient(
              StructuralOp.NOTHING,
              (call, g) -> {
                Windows windows = call.attributes();
                int axis = call.shape(0).normalizeAxis("unfold", windows.axis);
                Tensor starts = Gatun.arange(g.size(axis)).mul(windows.step).unsqueeze(1);
                Tensor positions = starts.add(Gatun.arange(windows.length)).flatten();
                Tensor parts = g.movedim(-1, axis + 1).flatten(axis, axis + 1);
                return Embedding.zeros(RoundedOnce.widened(g.dtype()), call.shape(0))
                    .indexAdd(axis, positions, RoundedOnce.widened(parts));
              })
          .pytorch((windows, inputs) ->
              PyTorchCall.of(
                  "a.unfold(p, q, r)", (long) windows.axis, windows.length, windows.step))
          .drawn(draw -> {
            long[] sizes = draw.sizes(1, 4);
            int axis = draw.axis(sizes.length);
            long size = sizes[axis < 0 ? axis + sizes.length : axis];
            long longest = draw.scaled(size, Math.min(size, 8));
            return Sample.of(
                new Windows(axis, draw.between(Math.min(1, size), longest), draw.between(1, 3)),
                real(sizes));
          })
          .samples(() ->
              List.of(
                  Sample.of(new Windows(0, 2, 1), real(4)),
                  Sample.of(new Windows(-1, 2, 3), real(2, 7)),
                  Sample.of(new Windows(0, 3, 2), real(3, 2)),
                  Sample.refused(
                      IndexRangeException.class, "windows", new Windows(0, 4, 1), real(3))));

  /**
   * Returns all windows along an axis.
   *
   * @param axis the axis
   * @param length the length of a window
   * @param step the distance between the starts of windows, at least 1
   * @return the view: the axis counts the windows, and a last axis the places within them; windows
   *     may overlap, in which case the view cannot be written
   * @throws ShapeException when there is no such axis
   * @throws IndexRangeException when a window does not fit the axis or the step is not positive
   */
  default Tensor unfold(int axis, long length, long step) {
    Tensor self = self();
    if (self.rank() == 0 && length >= 0 && length <= 1 && step > 0) {
      IndexRules.axisOf("unfold", self, axis);
      return self.reshape(1).narrow(0, 0, length);
    }
    return UNFOLD.apply(new Windows(axis, length, step), self);
  }

  // ---- pieces

  /**
   * Cuts an axis before given indices, as NumPy's {@code array_split} does.
   *
   * @param indices where to cut, by Python's rules for ranges
   * @param axis the axis
   * @return the pieces, one more than there are indices, as views
   * @throws ShapeException when there is no such axis
   */
  default List<Tensor> tensorSplit(long[] indices, int axis) {
    int at = IndexRules.axisOf("tensor_split", self().openFor("tensor_split"), axis);
    List<Tensor> parts = new ArrayList<>();
    long start = 0;
    for (long end : indices) {
      parts.add(self().slice(at, start, end));
      start = end;
    }
    parts.add(self().slice(at, start, Long.MAX_VALUE));
    return parts;
  }

  /**
   * Cuts an axis into a number of pieces that differ in length by one at most, the longer ones
   * first.
   *
   * @param sections the number of pieces, at least 1
   * @param axis the axis
   * @return the pieces, as views
   * @throws ShapeException when there is no such axis
   * @throws ArgumentException when the number is not positive
   */
  default List<Tensor> tensorSplit(int sections, int axis) {
    int at = IndexRules.axisOf("tensor_split", self().openFor("tensor_split"), axis);
    if (sections < 1) {
      throw new ArgumentException("tensor_split: " + sections + " sections is not positive");
    }
    long size = self().size(at);
    List<Tensor> parts = new ArrayList<>();
    long start = 0;
    for (int i = 0; i < sections; i++) {
      long length = size / sections + (i < size % sections ? 1 : 0);
      parts.add(self().narrow(at, start, length));
      start += length;
    }
    return parts;
  }

  /**
   * Cuts an axis into pieces of given lengths.
   *
   * @param lengths the lengths, which add up to the axis
   * @param axis the axis
   * @return the pieces, as views
   * @throws ShapeException when there is no such axis, or the lengths do not add up
   */
  default List<Tensor> split(long[] lengths, int axis) {
    int at = IndexRules.axisOf("split", self().openFor("split"), axis);
    if (Arrays.stream(lengths).sum() != self().size(at)
        || Arrays.stream(lengths).anyMatch(length -> length < 0)) {
      throw new ShapeException(
          "split: "
              + self().shape()
              + ": lengths "
              + Arrays.toString(lengths)
              + " for axis "
              + at
              + ": they are not negative and add up to it");
    }
    List<Tensor> parts = new ArrayList<>();
    long start = 0;
    for (long length : lengths) {
      parts.add(self().narrow(at, start, length));
      start += length;
    }
    return parts;
  }

  /**
   * Cuts into equal pieces side by side: along axis 1, or axis 0 of a vector.
   *
   * @param sections the number of pieces
   * @return the pieces, as views
   * @throws ShapeException when there are no axes, or the size is no multiple of the number
   */
  default List<Tensor> hsplit(int sections) {
    return equally("hsplit", sections, 1, self().rank() == 1 ? 0 : 1);
  }

  /**
   * Cuts into equal pieces one below the other: along axis 0.
   *
   * @param sections the number of pieces
   * @return the pieces, as views
   * @throws ShapeException when there are fewer than two axes, or the size is no multiple of the
   *     number
   */
  default List<Tensor> vsplit(int sections) {
    return equally("vsplit", sections, 2, 0);
  }

  /**
   * Cuts into equal pieces one behind the other: along axis 2.
   *
   * @param sections the number of pieces
   * @return the pieces, as views
   * @throws ShapeException when there are fewer than three axes, or the size is no multiple of the
   *     number
   */
  default List<Tensor> dsplit(int sections) {
    return equally("dsplit", sections, 3, 2);
  }

  private List<Tensor> equally(String operation, int sections, int leastRank, int axis) {
    Shape shape = self().openFor(operation).shape();
    if (shape.rank() < leastRank || sections < 1 || shape.size(axis) % sections != 0) {
      throw new ShapeException(
          operation
              + ": "
              + shape
              + " into "
              + sections
              + ": at least "
              + leastRank
              + " axes, and a size that is a multiple of the sections");
    }
    return tensorSplit(sections, axis);
  }

  /**
   * Goes along the first axis.
   *
   * @return what is at each of its indices, as views
   * @throws ShapeException when there are no axes
   */
  @Override
  default Iterator<Tensor> iterator() {
    Tensor x = self();
    IndexRules.axisOf("iterator", x, 0);
    long size = x.size(0);
    return new Iterator<>() {
      private long next;

      @Override
      public boolean hasNext() {
        return next < size;
      }

      @Override
      public Tensor next() {
        if (next >= size) {
          throw new NoSuchElementException("iterator: " + x.shape() + ": the axis ends here");
        }
        return x.select(0, next++);
      }
    };
  }

  // ---- back to where a view was taken

  /**
   * Returns a copy with other elements in a range of an axis.
   *
   * @param source the elements, of the shape of the range, of this type
   * @param axis the axis
   * @param start the first index; see {@link Views#slice(int, long, long, long)}
   * @param end the index before which the range ends
   * @param step the distance between indices
   * @return a new tensor of this shape
   * @throws ShapeException when there is no such axis or the shapes do not fit
   * @throws IndexRangeException when the step is not positive
   */
  default Tensor sliceScatter(Tensor source, int axis, long start, long end, long step) {
    return StridedParts.AS_STRIDED_SCATTER.applyAs(
        "slice_scatter", whole("slice_scatter").slice(axis, start, end, step), self(), source);
  }

  /**
   * Returns a copy with other elements at one index of an axis.
   *
   * @param source the elements, of the shape without the axis, of this type
   * @param axis the axis
   * @param index the index; negative ones count from the end
   * @return a new tensor of this shape
   * @throws ShapeException when there is no such axis or the shapes do not fit
   * @throws IndexRangeException when there is no such index
   */
  default Tensor selectScatter(Tensor source, int axis, long index) {
    return StridedParts.AS_STRIDED_SCATTER.applyAs(
        "select_scatter", whole("select_scatter").select(axis, index), self(), source);
  }

  /**
   * Returns a copy with other elements on a diagonal.
   *
   * @param source the elements, of the shape of the diagonal, of this type
   * @param offset 0 for the main one, positive above, negative below
   * @param first the axis of rows
   * @param second the axis of columns
   * @return a new tensor of this shape
   * @throws ShapeException when there is no such axis, or the shapes do not fit
   */
  default Tensor diagonalScatter(Tensor source, long offset, int first, int second) {
    source.checkOpen("diagonal_scatter");
    return StridedParts.AS_STRIDED_SCATTER.applyAs(
        "diagonal_scatter",
        whole("diagonal_scatter").diagonal(offset, first, second),
        self(),
        source);
  }

  private Layout whole(String operation) {
    return Layout.contiguous(self().openFor(operation).shape());
  }

  /**
   * Returns all elements in row-major order along one axis.
   *
   * @return a view where strides can describe it, else a new tensor
   */
  default Tensor ravel() {
    return Views.RESHAPE.applyAs("ravel", Shape.of(self().numel()), self());
  }

  /**
   * Returns the matrix with its axes swapped; vectors and scalars as they are.
   *
   * @return a view, or this tensor
   * @throws ShapeException when there are more than two axes
   */
  default Tensor t() {
    if (self().openFor("t").rank() > 2) {
      throw new ShapeException("t: " + self().shape() + ": at most two axes");
    }
    return self().rank() == 2 ? self().transpose(0, 1) : self();
  }

  /**
   * Takes several axes out where their size is 1.
   *
   * @param first an axis
   * @param second another axis
   * @param more further axes
   * @return a view
   * @throws ShapeException when there is no such axis or one is named twice
   */
  default Tensor squeeze(int first, int second, int... more) {
    int[] axes = new int[more.length + 2];
    axes[0] = first;
    axes[1] = second;
    System.arraycopy(more, 0, axes, 2, more.length);
    Tensor self = self();
    boolean[] named = new boolean[Math.max(self.rank(), 1)];
    for (int axis : axes) {
      int place = IndexRules.axisOf("squeeze", self, axis);
      if (named[place]) {
        throw new ShapeException("squeeze: " + self.shape() + ": axis " + axis + " named twice");
      }
      named[place] = true;
    }
    long[] sizes = self.shape().toArray();
    int kept = 0;
    for (int i = 0; i < sizes.length; i++) {
      if (!named[i] || sizes[i] != 1) {
        sizes[kept++] = sizes[i];
      }
    }
    return self.reshape(Arrays.copyOf(sizes, kept));
  }
}
