package dev.gatun.autograd;

import static dev.gatun.autograd.Operand.distinct;
import static dev.gatun.autograd.Operand.real;

import dev.gatun.kernels.Kernels;
import dev.gatun.kernels.reduce.Reduction;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.Layout;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import dev.gatun.memory.StridedArray;
import java.util.List;

/** What the declarations of {@link Reductions} have in common. */
final class Folding {
  private Folding() {}

  /** The type in which elements are summed: that of floating-point elements, else int64. */
  static DType sumType(DType dtype) {
    return dtype.isFloatingPoint() ? dtype : DType.INT64;
  }

  static void checkFloating(Invocation<?> call) {
    if (!call.input(0).dtype().isFloatingPoint()) {
      throw new DTypeException(
          call.name() + ": " + call.input(0).describe() + ": the input is floating point");
    }
  }

  /** Refuses to fold axes without elements, for folds that have no identity. */
  static Invocation<Axes> checkNotEmpty(Invocation<Axes> call) {
    Shape shape = call.input(0).shape();
    boolean[] folded = call.attributes().folded(call.name(), shape);
    for (int i = 0; i < folded.length; i++) {
      if (folded[i] && shape.size(i) == 0) {
        throw new ShapeException(
            call.name() + ": " + shape + ": axis " + i + " is empty and has no extremum");
      }
    }
    return call;
  }

  /** Lends a handle on a result that has the rank of the input, as kernels want it. */
  static StridedArray keeping(Tensor result, Shape kept) {
    Layout layout = result.layout().reshape(kept);
    if (layout == null) {
      throw new ArgumentException("out: " + result.layout() + ": reduce into a contiguous tensor");
    }
    return StridedArray.borrow(result.storage(), result.dtype(), layout);
  }

  static Tensor fold(Invocation<Axes> call, Reduction kind, DType dtype) {
    Tensor x = call.input(0);
    Axes axes = call.attributes();
    Tensor result = call.result(dtype, axes.result(call.name(), x.shape()));
    StridedArray kept = keeping(result, axes.kept(call.name(), x.shape()));
    Kernels.provider().reductions().reduce(kind, kept, x);
    return result;
  }

  /**
   * The root of a sum of squares; of a single one, which may be too small for it, the magnitude.
   */
  static Tensor euclideanNorm(Invocation<Axes> call) {
    checkFloating(call);
    Tensor x = call.input(0);
    Axes axes = call.attributes();
    Tensor result = call.result(x.dtype(), axes.result(call.name(), x.shape()));
    StridedArray kept = keeping(result, axes.kept(call.name(), x.shape()));
    var kernels = Kernels.provider();
    if (axes.count(x.shape()) == 1) {
      kernels.indexing().copy(kept, x);
      return Extrema.ABS.applyInPlace(new Tensor[] {result}, 0, 0);
    }
    if (!RoundedOnce.isNarrow(x.dtype())) {
      kernels.reductions().reduce(Reduction.SUM_SQUARES, kept, x);
      return Exponentials.SQRT.applyInPlace(new Tensor[] {result}, 0, 0);
    }
    // Squares reach further than the narrow types.
    try (Tensor squares = Tensor.allocate(DType.FLOAT32, kept.layout().shape())) {
      kernels.reductions().reduce(Reduction.SUM_SQUARES, squares, x);
      Exponentials.SQRT.applyInPlace(new Tensor[] {squares}, 0, 0);
      kernels.indexing().copy(kept, squares);
    }
    return result;
  }

  /**
   * {@code sum(|x|^p)^(1/p)} for a positive p. Elements are taken as parts of the largest one,
   * which counts as a constant, so that powers are exact, and neither too large nor too small. The
   * slopes of both powers may be infinite at zero; PyTorch's choice there is zero.
   */
  static Tensor powerNorm(Tensor x, double p, Axes axes) {
    if (x.numel() == 0) {
      return x.sum(axes.axes());
    }
    Tensor zero = x.eq(0);
    Tensor largest = x.detach().abs().amax(axes.axes(), true);
    Tensor unit = largest.maskedFill(largest.eq(0).logicalOr(largest.isinf()), 1);
    Tensor parts = x.abs().div(unit).maskedFill(zero, 1);
    Tensor sum = parts.pow(p).maskedFill(zero, 0).sum(axes.axes(), true);
    Tensor none = sum.eq(0);
    Tensor norm = sum.maskedFill(none, 1).pow(1 / p).maskedFill(none, 0).mul(unit);
    return norm.reshape(axes.result("norm", x.shape()));
  }

  /** The variance, or its root. */
  static Tensor variance(Invocation<Reductions.Correction> call, boolean root) {
    checkFloating(call);
    Tensor x = call.input(0);
    Axes axes = call.attributes().axes();
    Tensor result = call.result(x.dtype(), axes.result(call.name(), x.shape()));
    StridedArray kept = keeping(result, axes.kept(call.name(), x.shape()));
    double correction = call.attributes().correction();
    var reductions = Kernels.provider().reductions();
    if (root) {
      reductions.standardDeviation(kept, x, correction);
    } else {
      reductions.variance(kept, null, x, correction);
    }
    return result;
  }

  static Tensor logSumExp(Invocation<Axes> call) {
    Tensor x = call.input(0);
    Axes axes = call.attributes();
    DType dtype = x.dtype().toFloatingPoint();
    Tensor result = call.result(dtype, axes.result(call.name(), x.shape()));
    StridedArray kept = keeping(result, axes.kept(call.name(), x.shape()));
    if (dtype == x.dtype()) {
      Kernels.provider().reductions().logSumExp(kept, x);
    } else {
      try (StridedArray numbers = StridedArray.allocate(dtype, x.shape())) {
        Kernels.provider().indexing().copy(numbers, x);
        Kernels.provider().reductions().logSumExp(kept, numbers);
      }
    }
    return result;
  }

  static Tensor position(Invocation<Axis> call, boolean largest) {
    Tensor x = call.input(0);
    int axis = x.shape().normalizeAxis(call.name(), call.attributes().axis());
    Shape kept = x.shape().with(axis, 1);
    Shape shape = call.attributes().keepdim() ? kept : x.shape().without(axis);
    if (x.dtype() == DType.BOOL) {
      throw new DTypeException(call.name() + ": bool: the input is numbers");
    }
    if (x.rank() > 0 && x.size(axis) == 0) {
      throw new ShapeException(
          call.name() + ": " + x.shape() + ": axis " + axis + " is empty and has no extremum");
    }
    Tensor result = call.result(DType.INT64, shape);
    if (x.rank() == 0) {
      Kernels.provider().indexing().fill(result, 0L);
      return result;
    }
    StridedArray positions = keeping(result, kept);
    if (largest) {
      Kernels.provider().reductions().argMax(positions, x, axis);
    } else {
      Kernels.provider().reductions().argMin(positions, x, axis);
    }
    return result;
  }

  /** The gradient of an extremum goes to the elements that equal it, in equal parts. */
  static Tensor extremumGradient(Backward<Axes> call, Tensor gradient) {
    Axes axes = call.attributes();
    Tensor x = call.input(0);
    Tensor extremum = axes.restore(call.output(), x.shape());
    Tensor chosen = x.eq(extremum);
    // Counted as integers: half precision ends at 65504.
    Tensor share = axes.restore(gradient, x.shape()).div(chosen.sum(axes.axes(), true));
    return chosen.mul(share);
  }

  /**
   * The gradient of a product is the product of all other elements, worked out from running
   * products from either side, so that zeros need no special case.
   */
  static Tensor productGradient(Backward<Axes> call, Tensor gradient) {
    Axes axes = call.attributes();
    DType dtype = call.input(0).dtype();
    // Products of some factors may leave the range of a type in which that of all is.
    Tensor x = call.input(0).to(DType.FLOAT64);
    boolean[] folded = axes.folded("prod", x.shape());
    int rank = x.rank();
    int[] order = new int[rank];
    int count = 0;
    for (int i = 0; i < rank; i++) {
      if (!folded[i]) {
        order[count++] = i;
      }
    }
    int outer = count;
    for (int i = 0; i < rank; i++) {
      if (folded[i]) {
        order[count++] = i;
      }
    }
    int[] back = new int[rank];
    for (int i = 0; i < rank; i++) {
      back[order[i]] = i;
    }
    Tensor sorted = x.permute(order);
    long size = axes.count(x.shape());
    long[] rows = new long[outer + 1];
    for (int i = 0; i < outer; i++) {
      rows[i] = sorted.size(i);
    }
    rows[outer] = size;
    Tensor flat = sorted.reshape(rows);
    Tensor others = null;
    if (size > 0) {
      Tensor one = Gatun.ones(x.dtype(), flat.shape().with(outer, 1));
      Tensor before = Gatun.cat(outer, one, flat.narrow(outer, 0, size - 1)).cumprod(outer);
      Tensor after =
          Gatun.cat(outer, one, flat.narrow(outer, 1, size - 1).flip(outer))
              .cumprod(outer)
              .flip(outer);
      others = before.mul(after);
    }
    Tensor product = (others == null ? flat : others).reshape(sorted.shape()).permute(back);
    return product.mul(axes.restore(gradient, x.shape())).to(dtype);
  }

  /** The gradient of a running product, by a kernel that divides by nothing. */
  static Tensor cumulativeProductGradient(Backward<Integer> call, Tensor gradient) {
    Tensor x = call.input(0);
    if (x.rank() == 0 || x.numel() == 0) {
      return gradient;
    }
    int axis = x.shape().normalizeAxis("cumprod", call.attributes());
    if (call.isRecording()) {
      return recordedProductGradient(x, gradient, axis);
    }
    Tensor result = Tensor.allocate(gradient.dtype(), gradient.shape());
    Kernels.provider().reductions().cumulativeProductBackward(result, gradient, x, axis);
    return result;
  }

  /**
   * The same of operations: the product before each element, times what the products from there on
   * owe to it, which is the gradient and what is owed to the next element times that one. In each
   * turn what is known of some elements is joined with what is known of as many after them.
   */
  private static Tensor recordedProductGradient(Tensor input, Tensor gradient, int axis) {
    // Products of some factors may leave the range of a type in which that of all is.
    Tensor x = input.to(DType.FLOAT64);
    long size = x.size(axis);
    Tensor one = Devices.ones(x, DType.FLOAT64, x.shape().with(axis, 1));
    Tensor before = Gatun.cat(axis, one, x.narrow(axis, 0, size - 1)).cumprod(axis);
    Tensor owed = gradient.to(DType.FLOAT64);
    Tensor factor = x.narrow(axis, 1, size - 1);
    for (long step = 1; step < size; step *= 2) {
      long joined = size - step;
      Tensor more = factor.mul(owed.narrow(axis, step, joined));
      Tensor rest = owed.narrow(axis, joined, step);
      owed = Gatun.cat(axis, owed.narrow(axis, 0, joined).add(more), rest);
      long further = Math.max(0, joined - step);
      factor = factor.narrow(axis, 0, further).mul(factor.narrow(axis, joined - further, further));
    }
    return before.mul(owed).to(input.dtype());
  }

  /** The gradient of a logarithm of running sums: each element's share in all from there on. */
  static Tensor cumulativeLogSumExpGradient(Backward<Integer> call, Tensor gradient) {
    Tensor x = call.input(0);
    if (x.rank() == 0 || x.numel() == 0) {
      return gradient;
    }
    var summation = new RunningShares.Summation(call.attributes(), call.isRecording());
    return RunningShares.FROM.apply(summation, gradient, x, call.output());
  }

  static List<Sample<Axes>> samples() {
    return List.of(
        Sample.of(Axes.of(), real(3, 5)),
        Sample.of(Axes.of(0), real(3, 5)),
        Sample.of(Axes.of(-1), real(2, 3, 17)),
        Sample.of(new Axes(new int[] {0, 2}, true), real(2, 3, 4)),
        Sample.of(Axes.of(), real()),
        Sample.of(Axes.of(1), real(3, 1)),
        Sample.of(Axes.of(0), real(2, 0)),
        Sample.refused(ShapeException.class, "axis 2", Axes.of(2), real(2, 2)),
        Sample.refused(ShapeException.class, "named twice", Axes.of(1, -1), real(2, 2)));
  }

  static List<Sample<Axes>> extremumSamples() {
    return List.of(
        Sample.of(Axes.of(), distinct(3, 5)),
        Sample.of(Axes.of(0), distinct(3, 5)),
        Sample.of(new Axes(new int[] {-1, 0}, true), distinct(2, 3, 7)),
        Sample.of(Axes.of(), distinct()),
        Sample.refused(ShapeException.class, "is empty", Axes.of(0), real(0, 2)),
        Sample.refused(ShapeException.class, "axis 2", Axes.of(2), real(2, 2)));
  }

  static List<Sample<Axis>> positionSamples() {
    return List.of(
        Sample.of(new Axis(0, false), distinct(4, 3)),
        Sample.of(new Axis(-1, true), distinct(2, 17)),
        Sample.of(new Axis(1, false), distinct(2, 3, 4)),
        Sample.of(new Axis(0, false), distinct()),
        Sample.refused(ShapeException.class, "is empty", new Axis(0, false), real(0, 2)),
        Sample.refused(ShapeException.class, "axis 2", new Axis(2, false), real(2, 2)));
  }
}
