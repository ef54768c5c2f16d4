package dev.gatun.autograd;

import static dev.gatun.autograd.Operand.distinct;
import static dev.gatun.autograd.Operand.real;

import dev.gatun.kernels.Kernels;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.ShapeException;
import java.util.List;

/**
 * Further folds along axes, and differences and sums from element to element. As in {@link
 * Reductions}, axes may be counted from the end, and without axes all elements are folded.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface Folds {
  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  /**
   * Returns the sum along axes of what is not NaN.
   *
   * @param axes the axes, which are taken out; none means all of them
   * @return a new tensor; int64 for integers and truth values
   * @throws ShapeException when there is no such axis, or one is named twice
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Tensor nansum(int... axes) {
    Tensor x = self().openFor("nansum");
    return x.dtype().isFloatingPoint() ? x.maskedFill(x.isnan(), 0).sum(axes) : x.sum(axes);
  }

  /**
   * Returns the mean along axes of what is not NaN.
   *
   * @param axes the axes, which are taken out; none means all of them
   * @return a new tensor
   * @throws ShapeException when there is no such axis, or one is named twice
   * @throws DTypeException when this tensor is not floating point
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Tensor nanmean(int... axes) {
    Tensor x = self().openFor("nanmean");
    if (!x.dtype().isFloatingPoint()) {
      throw new DTypeException("nanmean: " + x.describe() + ": the input is floating point");
    }
    Tensor missing = x.isnan();
    Tensor numbers = missing.logicalNot().sum(axes);
    return x.maskedFill(missing, 0).sum(axes).div(numbers);
  }

  /**
   * Returns the smallest and the largest element along axes; NaN if there is one.
   *
   * @param axes the axes; none means all of them
   * @param keepdim whether folded axes stay, with size 1
   * @return new tensors
   * @throws ShapeException when there is no such axis, one is named twice, or one to fold is empty
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Bounds aminmax(int[] axes, boolean keepdim) {
    return new Bounds(self().amin(axes, keepdim), self().amax(axes, keepdim));
  }

  /**
   * As {@link Reductions#prod}, where the axes may stay.
   *
   * @param axes the axes; none means all of them
   * @param keepdim whether folded axes stay, with size 1
   * @return a new tensor; int64 for integers and truth values
   * @throws ShapeException when there is no such axis, or one is named twice
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Tensor prod(int[] axes, boolean keepdim) {
    return Reductions.PROD.apply(Axes.of(axes, keepdim), self());
  }

  /**
   * As {@link Reductions#any}, where the axes may stay.
   *
   * @param axes the axes; none means all of them
   * @param keepdim whether folded axes stay, with size 1
   * @return a new bool tensor
   * @throws ShapeException when there is no such axis, or one is named twice
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Tensor any(int[] axes, boolean keepdim) {
    return Reductions.ANY.apply(Axes.of(axes, keepdim), self());
  }

  /**
   * As {@link Reductions#all}, where the axes may stay.
   *
   * @param axes the axes; none means all of them
   * @param keepdim whether folded axes stay, with size 1
   * @return a new bool tensor
   * @throws ShapeException when there is no such axis, or one is named twice
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Tensor all(int[] axes, boolean keepdim) {
    return Reductions.ALL.apply(Axes.of(axes, keepdim), self());
  }

  /**
   * As {@link Reductions#norm(double, int...)}, where the axes may stay.
   *
   * @param p the order of the norm
   * @param axes the axes; none means all of them
   * @param keepdim whether folded axes stay, with size 1
   * @return a new tensor
   * @throws ShapeException when there is no such axis, or one is named twice
   * @throws DTypeException when this tensor is not floating point
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Tensor norm(double p, int[] axes, boolean keepdim) {
    Tensor norm = self().norm(p, axes);
    return keepdim ? norm.reshape(Axes.of(axes).kept("norm", self().shape())) : norm;
  }

  /** The logarithms of running sums of exponentials along an axis. */
  StructuralOp<Integer> LOGCUMSUMEXP =
      StructuralOp.<Integer>named(
              "logcumsumexp",
              call -> {
                Folding.checkFloating(call);
                Tensor x = call.input(0);
                int axis = x.shape().normalizeAxis("logcumsumexp", call.attributes());
                Tensor result = call.result(x.dtype(), x.shape());
                if (x.rank() == 0) {
                  Kernels.provider().indexing().copy(result, x);
                } else {
                  Kernels.provider().reductions().cumulativeLogSumExp(result, x, axis);
                }
                return result;
              })
          .gradient(
              StructuralOp.input(0) | StructuralOp.OUTPUT,
              (call, g) -> Folding.cumulativeLogSumExpGradient(call, g))
          .pytorch((axis, inputs) -> PyTorchCall.of("torch.logcumsumexp(a, p)", (long) axis))
          .drawn(DrawnSamples::axis)
          .samples(() ->
              List.of(
                  Sample.of(0, real(4, 3)),
                  Sample.of(-1, distinct(2, 5)),
                  Sample.of(0, real()),
                  Sample.of(1, real(2, 0)),
                  Sample.refused(ShapeException.class, "axis 1", 1, real(3))));

  /**
   * Returns the logarithms of running sums of exponentials along an axis, without overflow.
   *
   * @param axis the axis
   * @return a new tensor of this shape
   * @throws ShapeException when there is no such axis
   * @throws DTypeException when this tensor is not floating point
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Tensor logcumsumexp(int axis) {
    return LOGCUMSUMEXP.apply(axis, self());
  }

  /**
   * Returns the differences of neighbours along an axis; of truth values, whether they differ.
   *
   * @param order how often differences are taken, of the differences in turn
   * @param axis the axis
   * @return a new tensor, shorter by the order along the axis
   * @throws ShapeException when there is no such axis
   * @throws ArgumentException when the order is negative
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Tensor diff(int order, int axis) {
    Tensor x = self();
    x.checkOpen("diff");
    if (x.rank() == 0) {
      throw new ShapeException("diff: a scalar: at least one axis");
    }
    if (order < 0) {
      throw new ArgumentException("diff: order " + order + ": it is not negative");
    }
    int at = x.shape().normalizeAxis("diff", axis);
    Tensor result = order == 0 ? x.clone() : x;
    for (int i = 0; i < order; i++) {
      long size = Math.max(result.size(at) - 1, 0);
      Tensor later = result.narrow(at, result.size(at) - size, size);
      Tensor earlier = result.narrow(at, 0, size);
      result = x.dtype() == DType.BOOL ? later.ne(earlier) : later.sub(earlier);
    }
    return result;
  }

  /**
   * Returns the differences of neighbours along the last axis.
   *
   * @return a new tensor, shorter by one along the last axis
   * @throws ShapeException when there are no axes
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Tensor diff() {
    return diff(1, -1);
  }
}
