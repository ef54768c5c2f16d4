package dev.gatun.autograd;

import dev.gatun.memory.DType;
import dev.gatun.memory.IndexRangeException;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A tensor with a list of indices, taken apart: the view that the basic items make of the tensor,
 * and the positions by which the advanced ones address some of the view's axes.
 */
final class Subscript {
  private final String operation;
  private final Tensor tensor;
  private final Index[] items;

  /** What the basic items read so far have made of the tensor. */
  private Tensor view;

  /** The axis of the view that the next item is for. */
  private int axis;

  private final List<Integer> addressed = new ArrayList<>();
  private final List<Tensor> positions = new ArrayList<>();

  /** The mask, where it is the only item and has all of the axes; null otherwise. */
  private @Nullable Tensor mask;

  private Subscript(String operation, Tensor tensor, Index first, Index[] rest) {
    this.operation = operation;
    this.tensor = tensor;
    this.view = tensor;
    this.items = new Index[rest.length + 1];
    items[0] = first;
    System.arraycopy(rest, 0, items, 1, rest.length);
    for (Index item : items) {
      Objects.requireNonNull(item, () -> where() + ": an index is null");
    }
  }

  /**
   * Takes indices apart.
   *
   * @param operation who asks
   * @param tensor the tensor
   * @param first the first item
   * @param rest the other items
   * @throws ShapeException when there are more items than axes, or a mask does not fit
   * @throws IndexRangeException when an index is outside its axis or a step is not positive
   */
  static Subscript of(String operation, Tensor tensor, Index first, Index[] rest) {
    tensor.checkOpen(operation);
    Subscript subscript = new Subscript(operation, tensor, first, rest);
    int left = subscript.axesLeftOver();
    for (Index item : subscript.items) {
      subscript.take(item, left);
    }
    return subscript;
  }

  private String where() {
    return operation + ": " + tensor.shape() + " at " + Arrays.toString(items);
  }

  private int axesLeftOver() {
    int named = 0;
    int ellipses = 0;
    for (Index item : items) {
      switch (item) {
        case Index.At _, Index.Span _ -> named++;
        case Index.Positions given -> {
          given.values().checkOpen(operation);
          named++;
        }
        case Index.Mask given -> {
          given.values().checkOpen(operation);
          named += given.values().rank();
        }
        case Index.Mark mark -> ellipses += mark == Index.Mark.ELLIPSIS ? 1 : 0;
      }
    }
    if (ellipses > 1) {
      throw new ShapeException(where() + ": an ellipsis may stand once");
    }
    if (named > tensor.rank()) {
      throw new ShapeException(
          where() + ": " + named + " axes are named, there are " + tensor.rank());
    }
    return tensor.rank() - named;
  }

  private void take(Index item, int left) {
    switch (item) {
      case Index.At at -> select(at.index());
      case Index.Span span -> {
        if (span.step() < 1) {
          throw new IndexRangeException(where() + ": step " + span.step() + " is not positive");
        }
        boolean whole = span.step() == 1 && span.start() == 0 && span.end() >= view.size(axis);
        if (!whole) {
          become(view.slice(axis, span.start(), span.end(), span.step()));
        }
        axis++;
      }
      case Index.Mark mark -> {
        if (mark == Index.Mark.ELLIPSIS) {
          axis += left;
        } else {
          become(view.unsqueeze(axis));
          axis++;
        }
      }
      case Index.Positions given -> {
        if (given.values().rank() == 0) {
          select(given.values().itemLong());
        } else {
          address(given.values().to(DType.INT64).to(tensor.device()));
        }
      }
      case Index.Mask given -> takeMask(given.values().to(tensor.device()));
    }
  }

  private void select(long index) {
    long size = view.size(axis);
    if (index < -size || index >= size) {
      throw new IndexRangeException(
          where() + ": index " + index + " is outside an axis of size " + size);
    }
    become(view.select(axis, index));
  }

  private void takeMask(Tensor values) {
    for (int i = 0; i < values.rank(); i++) {
      if (values.size(i) != view.size(axis + i)) {
        throw new ShapeException(
            where()
                + ": a mask of "
                + values.shape()
                + " for axes of sizes "
                + sizes(values.rank())
                + ": the sizes agree");
      }
    }
    if (values.rank() == 0) {
      become(view.unsqueeze(axis));
      try (Tensor one = values.reshape(1)) {
        address(one.nonzero().select(1, 0));
      }
      return;
    }
    if (items.length == 1 && values.rank() == tensor.rank()) {
      mask = values;
    }
    Tensor found = values.nonzero();
    for (int i = 0; i < values.rank(); i++) {
      address(found.select(1, i));
    }
  }

  private String sizes(int count) {
    return Arrays.toString(Arrays.copyOfRange(view.shape().toArray(), axis, axis + count));
  }

  private void address(Tensor at) {
    addressed.add(axis);
    positions.add(at);
    axis++;
  }

  /** Goes on with another view; the one before is not needed any more. */
  private void become(Tensor next) {
    drop();
    view = next;
  }

  private void drop() {
    if (view != tensor) {
      view.close();
    }
  }

  /** Returns the elements: a view, or a copy where there are advanced items. */
  Tensor read() {
    if (addressed.isEmpty()) {
      return view == tensor ? tensor.reshape(tensor.shape()) : view;
    }
    Tensor result =
        mask == null
            ? AdvancedIndexing.pick(operation, view, addressed, positions)
            : view.maskedSelect(mask);
    drop();
    return result;
  }

  /**
   * Writes elements in their place.
   *
   * @param values converted, and broadcast to the shape that {@link #read} has
   */
  void write(Tensor values) {
    values.checkOpen(operation);
    Tensor converted = values.to(tensor.dtype());
    if (addressed.isEmpty()) {
      view.copy_(withoutLeadingOnes(converted, view.rank()));
    } else {
      Shape shape = AdvancedIndexing.shape(operation, view.shape(), addressed, positions);
      place(withoutLeadingOnes(converted, shape.rank()), false);
    }
    drop();
  }

  /** Writes one number in the place of all of them. */
  void write(double value) {
    if (addressed.isEmpty()) {
      view.fill_(value);
      drop();
      return;
    }
    Scalars.checkFits(operation, tensor.dtype(), value);
    write(tensor.newFull(Shape.scalar(), value));
  }

  /**
   * Writes or adds elements in their place.
   *
   * @param values of the tensor's type, broadcast to the shape that {@link #read} has
   * @param accumulate whether to add to what is there
   */
  void put(Tensor values, boolean accumulate) {
    place(values, accumulate);
    drop();
  }

  private void place(Tensor values, boolean accumulate) {
    if (!addressed.isEmpty()) {
      AdvancedIndexing.put(operation, view, addressed, positions, values, accumulate);
    } else if (accumulate) {
      view.add_(values);
    } else {
      view.copy_(values);
    }
  }

  /** As Python does where it assigns: leading axes of size 1 more than there are places for. */
  private static Tensor withoutLeadingOnes(Tensor values, int rank) {
    int extra = 0;
    while (values.rank() - extra > rank && values.size(extra) == 1) {
      extra++;
    }
    long[] sizes = values.shape().toArray();
    return extra == 0 ? values : values.reshape(Arrays.copyOfRange(sizes, extra, sizes.length));
  }
}
