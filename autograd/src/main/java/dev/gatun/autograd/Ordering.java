package dev.gatun.autograd;

import static dev.gatun.autograd.Operand.distinct;
import static dev.gatun.autograd.Operand.real;

import dev.gatun.kernels.Kernels;
import dev.gatun.kernels.order.OrderKernels;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import java.util.Arrays;
import java.util.List;

/**
 * Elements in the order of their values, along an axis. NaN is larger than every number. Among
 * equal elements the first one comes first, where PyTorch leaves the order open. Where values are
 * returned, gradients flow to the elements that they were taken from; positions have none.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface Ordering {
  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  private static OrderKernels kernels() {
    return Kernels.provider().ordering();
  }

  /**
   * How elements are put in order.
   *
   * @param axis the axis, counted from either end
   * @param descending whether the largest comes first
   */
  record Direction(int axis, boolean descending) {}

  /** The positions of all elements of an axis in their order. */
  StructuralOp<Direction> ARGSORT =
      StructuralOp.<Direction>named(
              "argsort",
              call ->
                  Ranking.along(
                      call,
                      call.attributes().axis,
                      -1,
                      (out, x, axis) ->
                          kernels().argSort(out, x, axis, call.attributes().descending)))
          .withoutGradient(Ranking.NO_GRADIENT)
          .pytorch((order, inputs) ->
              PyTorchCall.of(
                  "torch.argsort(a, stable=True, dim=p, descending=q)",
                  (long) order.axis,
                  order.descending))
          .drawn(draw -> {
            long[] sizes = draw.sizes();
            return Sample.of(new Direction(draw.axis(sizes.length), draw.coin()), real(sizes));
          })
          .samples(() ->
              List.of(
                  Sample.of(new Direction(0, false), real(4, 3)),
                  Sample.of(new Direction(-1, true), real(2, 170)),
                  Sample.of(new Direction(0, true), real()),
                  Sample.of(new Direction(1, false), real(2, 0)),
                  Sample.refused(
                      ShapeException.class, "axis 2", new Direction(2, false), real(2, 2))));

  /**
   * Returns the positions of the elements of an axis in their order; equal elements stay as they
   * are.
   *
   * @param axis the axis
   * @param descending whether the largest comes first
   * @return a new int64 tensor of this shape
   * @throws ShapeException when there is no such axis
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Tensor argsort(int axis, boolean descending) {
    return ARGSORT.apply(new Direction(axis, descending), self());
  }

  /**
   * Returns the positions of the elements of an axis in ascending order.
   *
   * @param axis the axis
   * @return a new int64 tensor of this shape
   * @throws ShapeException when there is no such axis
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Tensor argsort(int axis) {
    return argsort(axis, false);
  }

  /**
   * Returns the positions of the elements of the last axis in ascending order.
   *
   * @return a new int64 tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Tensor argsort() {
    return argsort(-1);
  }

  /**
   * Returns the elements of an axis in order; equal elements stay as they are.
   *
   * @param axis the axis
   * @param descending whether the largest comes first
   * @return new tensors of this shape
   * @throws ShapeException when there is no such axis
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Selected sort(int axis, boolean descending) {
    Tensor order = ARGSORT.applyAs("sort", new Direction(axis, descending), self());
    return new Selected(Ranking.take(self(), axis, order), order);
  }

  /**
   * Returns the elements of an axis in ascending order.
   *
   * @param axis the axis
   * @return new tensors of this shape
   * @throws ShapeException when there is no such axis
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Selected sort(int axis) {
    return sort(axis, false);
  }

  /**
   * Returns the elements of the last axis in ascending order.
   *
   * @return new tensors of this shape
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Selected sort() {
    return sort(-1);
  }

  /**
   * Which elements are wanted.
   *
   * @param count how many
   * @param axis the axis, counted from either end
   * @param largest whether the largest, else the smallest
   */
  record Top(long count, int axis, boolean largest) {
    /** So many are wanted at most in real work. */
    private static final long MOST_OF_WORK = 10;

    private static Sample<Top> drawn(Draw draw) {
      long[] sizes = draw.sizes(1, 4);
      int axis = draw.axis(sizes.length);
      long size = sizes[Math.floorMod(axis, sizes.length)];
      long most = draw.scaled(size, Math.min(size, MOST_OF_WORK));
      long count = draw.between(draw.scaled(0, 1), most);
      return Sample.of(new Top(count, axis, draw.coin()), real(sizes));
    }
  }

  private static Tensor topPositions(Invocation<Top> call) {
    Top top = call.attributes();
    Shape shape = call.input(0).shape();
    int at = shape.normalizeAxis(call.name(), top.axis);
    long size = shape.rank() == 0 ? 1 : shape.size(at);
    long least = shape.rank() == 0 ? 1 : 0;
    if (top.count < least || top.count > size) {
      throw new ShapeException(
          call.name()
              + ": "
              + top.count
              + " of "
              + shape
              + ": from "
              + least
              + " to the "
              + size
              + " of axis "
              + at);
    }
    return Ranking.along(
        call, at, top.count, (out, x, axis) -> kernels().argTop(out, x, axis, top.largest));
  }

  /** The positions of the largest or smallest elements, in their order. */
  StructuralOp<Top> TOPK_POSITIONS =
      StructuralOp.<Top>named("topk_positions", call -> topPositions(call))
          .withoutGradient(Ranking.NO_GRADIENT)
          .pytorch((top, inputs) ->
              PyTorchCall.of(
                  "torch.narrow(torch.argsort(a, stable=True, dim=p, descending=q), p, 0, r)",
                  (long) top.axis,
                  top.largest,
                  top.count))
          .drawn(Top::drawn)
          .samples(() ->
              List.of(
                  Sample.of(new Top(2, 0, true), distinct(4, 3)),
                  Sample.of(new Top(5, -1, false), real(2, 170)),
                  Sample.of(new Top(0, 1, true), real(2, 3)),
                  Sample.refused(
                      ShapeException.class,
                      "4 of [2, 3]: from 0 to the 3 of axis 1",
                      new Top(4, 1, true),
                      real(2, 3)),
                  Sample.refused(
                      ShapeException.class, "from 0 to", new Top(-1, 0, true), real(2, 3))));

  /**
   * Returns the largest elements of an axis, the largest first, or the smallest, the smallest
   * first.
   *
   * @param count how many
   * @param axis the axis
   * @param largest whether the largest are wanted
   * @return new tensors, as long as wanted along the axis
   * @throws ShapeException when there is no such axis, or the number is not from 0 to its size
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Selected topk(long count, int axis, boolean largest) {
    Tensor positions = TOPK_POSITIONS.applyAs("topk", new Top(count, axis, largest), self());
    return new Selected(Ranking.take(self(), axis, positions), positions);
  }

  /**
   * Returns the largest elements of the last axis, the largest first.
   *
   * @param count how many
   * @return new tensors, as long as wanted along the last axis
   * @throws ShapeException when the number is not from 0 to the size of the axis
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Selected topk(long count) {
    return topk(count, -1, true);
  }

  /**
   * A place in the ascending order.
   *
   * @param place the place, from 1
   * @param axis the axis
   */
  record Place(long place, Axis axis) {}

  private static Tensor placePosition(Invocation<Place> call) {
    Place wanted = call.attributes();
    Shape shape = call.input(0).shape();
    int at = shape.normalizeAxis(call.name(), wanted.axis.axis());
    long size = shape.rank() == 0 ? 1 : shape.size(at);
    if (wanted.place < 1 || wanted.place > size) {
      throw new ArgumentException(
          call.name() + ": " + wanted.place + " of " + shape + ": from 1 to " + size);
    }
    return Ranking.one(
        call,
        at,
        wanted.axis.keepdim(),
        (out, x, axis) -> kernels().argRank(out, x, axis, wanted.place - 1));
  }

  /** The position of the element that has a place in the ascending order. */
  StructuralOp<Place> KTHVALUE_POSITIONS =
      StructuralOp.<Place>named("kthvalue_positions", call -> placePosition(call))
          .withoutGradient(Ranking.NO_GRADIENT)
          .pytorch((wanted, inputs) ->
              PyTorchCall.of(
                  wanted.axis.keepdim()
                      ? "torch.narrow(torch.argsort(a, stable=True, dim=p), p, q, 1)"
                      : "torch.select(torch.argsort(a, stable=True, dim=p), p, q)",
                  (long) wanted.axis.axis(),
                  wanted.place - 1))
          .drawn(draw -> {
            long[] sizes = draw.sizes(1, 4);
            int axis = draw.axis(sizes.length);
            int at = Math.floorMod(axis, sizes.length);
            sizes[at] = Math.max(1, sizes[at]);
            return Sample.of(
                new Place(draw.between(1, sizes[at]), new Axis(axis, draw.coin())), real(sizes));
          })
          .samples(() ->
              List.of(
                  Sample.of(new Place(2, new Axis(0, false)), distinct(4, 3)),
                  Sample.of(new Place(90, new Axis(-1, true)), real(2, 170)),
                  Sample.refused(
                      ArgumentException.class,
                      "from 1 to 3",
                      new Place(0, new Axis(0, false)),
                      real(3))));

  /**
   * Returns the element that has a place in the ascending order of an axis.
   *
   * @param place the place, from 1
   * @param axis the axis
   * @param keepdim whether the axis stays, with size 1
   * @return new tensors
   * @throws ShapeException when there is no such axis
   * @throws ArgumentException when there is no such place
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Selected kthvalue(long place, int axis, boolean keepdim) {
    Tensor positions =
        KTHVALUE_POSITIONS.applyAs("kthvalue", new Place(place, new Axis(axis, true)), self());
    return Ranking.selected(self(), axis, keepdim, positions);
  }

  /** The position of the median, the lower one of two; the first NaN's if there is one. */
  StructuralOp<Axis> MEDIAN_POSITIONS =
      StructuralOp.<Axis>named(
              "median_positions",
              call ->
                  Ranking.one(
                      call,
                      call.attributes().axis(),
                      call.attributes().keepdim(),
                      (out, x, axis) -> kernels().argMedian(out, x, axis, false)))
          .withoutGradient(Ranking.NO_GRADIENT)
          .pytorch((axis, inputs) -> Ranking.median(axis, false))
          .drawn(Ranking::searches)
          .samples(Ranking::samples);

  /**
   * Returns the median of an axis: of an even number of elements, the lower one of the middle; NaN
   * if there is one.
   *
   * @param axis the axis
   * @param keepdim whether the axis stays, with size 1
   * @return new tensors
   * @throws ShapeException when there is no such axis, or it is empty
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Selected median(int axis, boolean keepdim) {
    Tensor positions = MEDIAN_POSITIONS.applyAs("median", new Axis(axis, true), self());
    return Ranking.selected(self(), axis, keepdim, positions);
  }

  /**
   * Returns the median of an axis, which is taken out.
   *
   * @param axis the axis
   * @return new tensors
   * @throws ShapeException when there is no such axis, or it is empty
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Selected median(int axis) {
    return median(axis, false);
  }

  /** The median of all elements, the lower one of two; NaN if there is one. */
  StructuralOp<NoAttributes> MEDIAN =
      StructuralOp.<NoAttributes>named("median", Ranking::medianOfAll)
          .gradient(
              StructuralOp.input(0) | StructuralOp.OUTPUT,
              (call, g) -> Ranking.shareOfEquals(call.input(0), call.output(), g))
          .pytorch((none, inputs) -> PyTorchCall.of("torch.median(a)"))
          .drawn(draw -> {
            long[] sizes = draw.sizes();
            Arrays.setAll(sizes, axis -> Math.max(1, sizes[axis]));
            return Sample.of(NoAttributes.NONE, real(sizes));
          })
          .samples(() ->
              List.of(
                  Sample.of(NoAttributes.NONE, distinct(3, 5)),
                  Sample.of(NoAttributes.NONE, distinct(2, 3, 4)),
                  Sample.of(NoAttributes.NONE, distinct()),
                  Sample.refused(
                      ShapeException.class, "no elements", NoAttributes.NONE, real(0, 2))));

  /**
   * Returns the median of all elements: of an even number the lower one of the middle; NaN if there
   * is one. Elements equal to it share its gradient.
   *
   * @return a new scalar
   * @throws ShapeException when there are no elements
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Tensor median() {
    return MEDIAN.apply(NoAttributes.NONE, self());
  }

  /** The position of the median of the numbers, the lower one of two. */
  StructuralOp<Axis> NANMEDIAN_POSITIONS =
      StructuralOp.<Axis>named(
              "nanmedian_positions",
              call ->
                  Ranking.one(
                      call,
                      call.attributes().axis(),
                      call.attributes().keepdim(),
                      (out, x, axis) -> kernels().argMedian(out, x, axis, true)))
          .withoutGradient(Ranking.NO_GRADIENT)
          .pytorch((axis, inputs) -> Ranking.median(axis, true))
          .drawn(Ranking::searches)
          .samples(Ranking::samples);

  /**
   * Returns the median of an axis without regard to NaN; NaN where there is nothing else.
   *
   * @param axis the axis
   * @param keepdim whether the axis stays, with size 1
   * @return new tensors
   * @throws ShapeException when there is no such axis, or it is empty
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Selected nanmedian(int axis, boolean keepdim) {
    Tensor positions = NANMEDIAN_POSITIONS.applyAs("nanmedian", new Axis(axis, true), self());
    return Ranking.selected(self(), axis, keepdim, positions);
  }

  /** The last position of the most frequent element. */
  StructuralOp<Axis> MODE_POSITIONS =
      StructuralOp.<Axis>named(
              "mode_positions",
              call ->
                  Ranking.one(
                      call,
                      call.attributes().axis(),
                      call.attributes().keepdim(),
                      (out, x, axis) -> kernels().argMode(out, x, axis)))
          .withoutGradient(Ranking.NO_GRADIENT)
          .pytorch((axis, inputs) -> Ranking.mode(axis))
          .drawn(Ranking::searches)
          .samples(Ranking::samples);

  /**
   * Returns the most frequent element of an axis, the smallest of those that are equally frequent,
   * and its last position.
   *
   * @param axis the axis
   * @param keepdim whether the axis stays, with size 1
   * @return new tensors
   * @throws ShapeException when there is no such axis, or it is empty
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Selected mode(int axis, boolean keepdim) {
    Tensor positions = MODE_POSITIONS.applyAs("mode", new Axis(axis, true), self());
    return Ranking.selected(self(), axis, keepdim, positions);
  }

  /**
   * Returns the most frequent element of an axis, which is taken out, and its last position.
   *
   * @param axis the axis
   * @return new tensors
   * @throws ShapeException when there is no such axis, or it is empty
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Selected mode(int axis) {
    return mode(axis, false);
  }

  /**
   * Returns the largest element of an axis, the first of equals or the first NaN if there is one.
   *
   * @param axis the axis
   * @param keepdim whether the axis stays, with size 1
   * @return new tensors
   * @throws ShapeException when there is no such axis, or it is empty
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Selected max(int axis, boolean keepdim) {
    return Ranking.selected(self(), axis, keepdim, Ranking.extremum("max", self(), axis, true));
  }

  /**
   * Returns the largest element of an axis, which is taken out: the first of equals, or the first
   * NaN if there is one.
   *
   * @param axis the axis
   * @return new tensors
   * @throws ShapeException when there is no such axis, or it is empty
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Selected max(int axis) {
    return max(axis, false);
  }

  /**
   * Returns the smallest element of an axis, the first of equals or the first NaN if there is one.
   *
   * @param axis the axis
   * @param keepdim whether the axis stays, with size 1
   * @return new tensors
   * @throws ShapeException when there is no such axis, or it is empty
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Selected min(int axis, boolean keepdim) {
    return Ranking.selected(self(), axis, keepdim, Ranking.extremum("min", self(), axis, false));
  }

  /**
   * Returns the smallest element of an axis, which is taken out: the first of equals, or the first
   * NaN if there is one.
   *
   * @param axis the axis
   * @return new tensors
   * @throws ShapeException when there is no such axis, or it is empty
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Selected min(int axis) {
    return min(axis, false);
  }

  /** For each element, the position of the largest up to there. */
  StructuralOp<Integer> CUMMAX_POSITIONS =
      StructuralOp.<Integer>named(
              "cummax_positions",
              call ->
                  Ranking.along(
                      call,
                      call.attributes(),
                      -1,
                      (out, x, axis) -> kernels().argRunning(out, x, axis, true)))
          .withoutGradient(Ranking.NO_GRADIENT)
          .pytorch((axis, inputs) -> PyTorchCall.of("torch.cummax(a, p)[1]", (long) axis))
          .drawn(DrawnSamples::axis)
          .samples(Ranking::scanSamples);

  /**
   * Returns for each element the largest one up to there along an axis: the last of equals, and of
   * NaN once there is one.
   *
   * @param axis the axis
   * @return new tensors of this shape
   * @throws ShapeException when there is no such axis
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Selected cummax(int axis) {
    Tensor positions = CUMMAX_POSITIONS.applyAs("cummax", axis, self());
    return new Selected(Ranking.take(self(), axis, positions), positions);
  }

  /** For each element, the position of the smallest up to there. */
  StructuralOp<Integer> CUMMIN_POSITIONS =
      StructuralOp.<Integer>named(
              "cummin_positions",
              call ->
                  Ranking.along(
                      call,
                      call.attributes(),
                      -1,
                      (out, x, axis) -> kernels().argRunning(out, x, axis, false)))
          .withoutGradient(Ranking.NO_GRADIENT)
          .pytorch((axis, inputs) -> PyTorchCall.of("torch.cummin(a, p)[1]", (long) axis))
          .drawn(DrawnSamples::axis)
          .samples(Ranking::scanSamples);

  /**
   * Returns for each element the smallest one up to there along an axis: the last of equals, and of
   * NaN once there is one.
   *
   * @param axis the axis
   * @return new tensors of this shape
   * @throws ShapeException when there is no such axis
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Selected cummin(int axis) {
    Tensor positions = CUMMIN_POSITIONS.applyAs("cummin", axis, self());
    return new Selected(Ranking.take(self(), axis, positions), positions);
  }

  /** Where values belong in ascending lines. */
  StructuralOp<Boolean> SEARCHSORTED =
      StructuralOp.<Boolean>named(
              "searchsorted",
              call -> {
                Tensor sorted = call.input(0);
                Tensor values = call.input(1);
                Ranking.checkSorted(call.name(), sorted, values);
                Tensor result = call.result(DType.INT64, values.shape());
                Ranking.searchSorted(result, sorted, values, call.attributes());
                return result;
              })
          .withoutGradient(Ranking.NO_GRADIENT)
          .pytorch((right, inputs) ->
              PyTorchCall.of("torch.searchsorted(a, b, right=p)", (boolean) right))
          .drawn(DrawnSamples::sortedSearches)
          .samples(() ->
              List.of(
                  Sample.of(false, real(1), real(4, 3)),
                  Sample.of(true, real(1), real()),
                  Sample.of(true, real(2, 1), real(2, 5)),
                  Sample.refused(ShapeException.class, "searchsorted", true, real(3, 2), real(2))));

  /**
   * Returns where values would have to be put into this tensor, whose lines along the last axis
   * ascend, to keep them in order. NaN belongs at the end: that of a line comes after its numbers,
   * and one that is looked for goes behind all elements, other NaNs included, whatever {@code
   * right} says.
   *
   * @param values what is looked for, of this type; of any shape where this is a vector, else with
   *     the same axes but the last
   * @param right whether elements that equal a value come before it
   * @return a new int64 tensor of the values' shape
   * @throws ShapeException when the shapes do not fit
   * @throws DTypeException when the types differ or are bool
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor searchsorted(Tensor values, boolean right) {
    return SEARCHSORTED.apply(right, self(), values);
  }
}
