package dev.gatun.autograd;

import static dev.gatun.autograd.Operand.distinct;
import static dev.gatun.autograd.Operand.real;

import dev.gatun.kernels.Kernels;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import dev.gatun.memory.StridedArray;
import java.util.List;

/** What the declarations of {@link Ordering} have in common. */
final class Ranking {
  static final String NO_GRADIENT = "a position does not change by small steps";

  private Ranking() {}

  /** Writes positions of an input with axes. */
  @FunctionalInterface
  interface Search {
    void run(StridedArray positions, Tensor input, int axis);
  }

  /** Makes positions of the shape of the input, but for the size of one axis. */
  static Tensor along(Invocation<?> call, int axis, long size, Search search) {
    Tensor x = call.input(0);
    int at = x.shape().normalizeAxis(call.name(), axis);
    if (x.rank() == 0) {
      Tensor result = call.result(DType.INT64, x.shape());
      Kernels.provider().indexing().fill(result, 0L);
      return result;
    }
    Tensor result = call.result(DType.INT64, x.shape().with(at, size < 0 ? x.size(at) : size));
    search.run(result, x, at);
    return result;
  }

  /** Makes one position for each line. */
  static Tensor one(Invocation<?> call, int axis, boolean keepdim, Search search) {
    Tensor x = call.input(0);
    int at = x.shape().normalizeAxis(call.name(), axis);
    if (x.rank() == 0) {
      return along(call, axis, 1, search);
    }
    if (x.size(at) == 0) {
      throw new ShapeException(call.name() + ": " + x.shape() + ": axis " + at + " is empty");
    }
    Shape kept = x.shape().with(at, 1);
    Tensor result = call.result(DType.INT64, keepdim ? kept : x.shape().without(at));
    try (StridedArray positions = Folding.keeping(result, kept)) {
      search.run(positions, x, at);
    }
    return result;
  }

  /** The median of all elements. */
  static Tensor medianOfAll(Invocation<?> call) {
    Tensor x = call.input(0);
    if (x.numel() == 0) {
      throw new ShapeException(call.name() + ": " + x.shape() + ": there are no elements");
    }
    Tensor result = call.result(x.dtype(), Shape.scalar());
    Shape one = Shape.of(1);
    try (Tensor flat = x.reshape(-1);
        Tensor position = Tensor.allocate(DType.INT64, one);
        StridedArray element = Folding.keeping(result, one)) {
      Kernels.provider().ordering().argMedian(position, flat, 0, false);
      Kernels.provider().indexing().gather(element, flat, 0, position);
    }
    return result;
  }

  /**
   * Gives a gradient in equal parts to the elements that equal one, or are NaN as it is. How many
   * there are is counted, not looked at, so that plans can do it.
   */
  static Tensor shareOfEquals(Tensor x, Tensor one, Tensor gradient) {
    Tensor equal = x.eq(one).logicalOr(x.isnan().logicalAnd(one.isnan()));
    // Counted as integers: half precision ends at 65504.
    return equal.mul(gradient.div(equal.sum()));
  }

  /**
   * Returns the position of the largest or smallest element; true is larger than false.
   *
   * @param method the method that asks, to begin messages with
   */
  static Tensor extremum(String method, Tensor x, int axis, boolean largest) {
    StructuralOp<Axis> search = largest ? Reductions.ARGMAX : Reductions.ARGMIN;
    if (x.openFor(method).dtype() != DType.BOOL) {
      return search.applyAs(method, new Axis(axis, true), x);
    }
    try (Tensor numbers = x.to(DType.UINT8)) {
      return search.applyAs(method, new Axis(axis, true), numbers);
    }
  }

  /** Takes elements at positions along an axis; a scalar, which has none, is copied. */
  static Tensor take(Tensor x, int axis, Tensor positions) {
    return x.rank() == 0 ? x.clone() : x.gather(axis, positions);
  }

  /** Takes the elements at positions that were searched with the axis kept. */
  static Selected selected(Tensor x, int axis, boolean keepdim, Tensor positions) {
    Tensor values = take(x, axis, positions);
    return keepdim || x.rank() == 0
        ? new Selected(values, positions)
        : new Selected(values.squeeze(axis), positions.squeeze(axis));
  }

  /** Throws unless lines can be searched for values. */
  static void checkSorted(String operation, Tensor sorted, Tensor values) {
    boolean fits = sorted.rank() == 1 || sorted.rank() > 1 && sorted.rank() == values.rank();
    for (int axis = 0; fits && sorted.rank() > 1 && axis < sorted.rank() - 1; axis++) {
      fits = sorted.size(axis) == values.size(axis);
    }
    if (!fits) {
      throw new ShapeException(
          operation
              + ": "
              + values.shape()
              + " in "
              + sorted.shape()
              + ": in a vector, or with the same axes but the last");
    }
    if (sorted.dtype() == DType.BOOL) {
      throw new DTypeException(operation + ": bool: the operands are numbers");
    }
    if (sorted.dtype() != values.dtype()) {
      throw new DTypeException(
          operation
              + ": "
              + values.dtype()
              + " in "
              + sorted.dtype()
              + ": the operands are of one type");
    }
  }

  /** Looks for values in lines, or for all of them in one. */
  static void searchSorted(Tensor result, Tensor sorted, Tensor values, boolean right) {
    if (sorted.rank() > 1) {
      Kernels.provider().ordering().searchSorted(result, sorted, values, right);
      return;
    }
    try (Tensor wanted = values.reshape(-1);
        StridedArray flat = Folding.keeping(result, Shape.of(result.numel()))) {
      Kernels.provider().ordering().searchSorted(flat, sorted, wanted, right);
    }
  }

  /** In PyTorch, the position of the median: of all elements, or of those that are numbers. */
  static PyTorchCall median(Axis axis, boolean numbers) {
    String position =
        "torch.gather(torch.argsort(a, stable=True, dim=p), p, torch.div(torch.clamp(torch.sum("
            + "torch.logical_not(torch.isnan(a)), [p], True) - 1, 0), 2, rounding_mode='floor'))";
    return squeezed(
        axis,
        numbers
            ? position
            : "torch.where(torch.any(torch.isnan(a), p, True),"
                + " torch.argmax(torch.isnan(a).int(), p, True), "
                + position
                + ")");
  }

  /** In PyTorch, the last position of the most frequent element. */
  static PyTorchCall mode(Axis axis) {
    return squeezed(
        axis,
        "torch.clamp(torch.amax(torch.where(torch.eq(a, torch.mode(a, p, True)[0]),"
            + " torch.cumsum(torch.ones_like(a, dtype=4), p) - 1, -1), [p], True), 0)");
  }

  private static PyTorchCall squeezed(Axis axis, String kept) {
    return axis.pytorch(axis.keepdim() ? kept : "torch.squeeze(" + kept + ", p)");
  }

  /** One axis of a tensor that is not empty. */
  static Sample<Axis> searches(Draw draw) {
    long[] sizes = draw.sizes();
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = Math.max(1, sizes[i]);
    }
    return Sample.of(new Axis(draw.axis(sizes.length), draw.coin()), real(sizes));
  }

  static List<Sample<Axis>> samples() {
    return List.of(
        Sample.of(new Axis(0, false), distinct(4, 3)),
        Sample.of(new Axis(-1, true), distinct(2, 17)),
        Sample.of(new Axis(1, false), real(2, 90, 3)),
        Sample.of(new Axis(0, false), distinct()),
        Sample.refused(ShapeException.class, "is empty", new Axis(0, false), real(0, 2)),
        Sample.refused(ShapeException.class, "axis 2", new Axis(2, false), real(2, 2)));
  }

  static List<Sample<Integer>> scanSamples() {
    return List.of(
        Sample.of(0, distinct(4, 3)),
        Sample.of(-1, real(2, 5)),
        Sample.of(0, real()),
        Sample.of(1, real(2, 0)),
        Sample.refused(ShapeException.class, "axis 1", 1, real(3)));
  }
}
