package dev.gatun.autograd;

import static dev.gatun.autograd.Operand.distinct;
import static dev.gatun.autograd.Operand.positive;
import static dev.gatun.autograd.Operand.real;

import dev.gatun.kernels.Kernels;
import dev.gatun.kernels.reduce.Reduction;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import java.util.List;

/**
 * Sums, means, extrema and other folds along axes, and running sums. Axes may be counted from the
 * end, with negative numbers; without axes, all elements are folded into a scalar. Floating-point
 * sums are pairwise, in an order that does not depend on the number of threads.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface Reductions {
  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  /** The sum along axes; of integers and truth values it is int64. */
  StructuralOp<Axes> SUM =
      StructuralOp.<Axes>named(
              "sum",
              call -> Folding.fold(call, Reduction.SUM, Folding.sumType(call.input(0).dtype())))
          .gradient(
              StructuralOp.NOTHING,
              (call, g) -> call.attributes().restore(g, call.shape(0)).broadcastTo(call.shape(0)))
          .pytorch((axes, inputs) -> axes.pytorch("torch.sum(a, p, q)"))
          .drawn(DrawnSamples::folds)
          .samples(Folding::samples);

  /**
   * Returns the sum along axes.
   *
   * @param axes the axes; none means all of them
   * @param keepdim whether folded axes stay, with size 1
   * @return a new tensor; int64 for integers and truth values
   * @throws ShapeException when there is no such axis, or one is named twice
   */
  default Tensor sum(int[] axes, boolean keepdim) {
    return SUM.apply(Axes.of(axes, keepdim), self());
  }

  /**
   * Returns the sum along axes, which are taken out.
   *
   * @param axes the axes; none means all of them
   * @return a new tensor; int64 for integers and truth values
   * @throws ShapeException when there is no such axis, or one is named twice
   */
  default Tensor sum(int... axes) {
    return sum(axes, false);
  }

  /** The mean along axes. */
  StructuralOp<Axes> MEAN =
      StructuralOp.<Axes>named(
              "mean",
              call -> {
                Folding.checkFloating(call);
                return Folding.fold(call, Reduction.MEAN, call.input(0).dtype());
              })
          .gradient(
              StructuralOp.NOTHING,
              (call, g) -> {
                double count = call.attributes().count(call.shape(0));
                return call.attributes()
                    .restore(g.div(count), call.shape(0))
                    .broadcastTo(call.shape(0));
              })
          .pytorch((axes, inputs) -> axes.pytorch("torch.mean(a, p, q)"))
          .drawn(DrawnSamples::folds)
          .samples(Folding::samples);

  /**
   * Returns the mean along axes.
   *
   * @param axes the axes; none means all of them
   * @param keepdim whether folded axes stay, with size 1
   * @return a new tensor
   * @throws ShapeException when there is no such axis, or one is named twice
   * @throws DTypeException when this tensor is not floating point
   */
  default Tensor mean(int[] axes, boolean keepdim) {
    return MEAN.apply(Axes.of(axes, keepdim), self());
  }

  /**
   * Returns the mean along axes, which are taken out.
   *
   * @param axes the axes; none means all of them
   * @return a new tensor
   * @throws ShapeException when there is no such axis, or one is named twice
   * @throws DTypeException when this tensor is not floating point
   */
  default Tensor mean(int... axes) {
    return mean(axes, false);
  }

  /** The product along axes; of integers and truth values it is int64. */
  StructuralOp<Axes> PROD =
      StructuralOp.<Axes>named(
              "prod",
              call -> Folding.fold(call, Reduction.PROD, Folding.sumType(call.input(0).dtype())))
          .gradient(StructuralOp.input(0), (call, g) -> Folding.productGradient(call, g))
          .pytorch((axes, inputs) -> axes.pytorchOneByOne("prod"))
          .drawn(DrawnSamples::folds)
          .samples(Folding::samples);

  /**
   * Returns the product along axes, which are taken out.
   *
   * @param axes the axes; none means all of them
   * @return a new tensor; int64 for integers and truth values
   * @throws ShapeException when there is no such axis, or one is named twice
   */
  default Tensor prod(int... axes) {
    return PROD.apply(Axes.of(axes, false), self());
  }

  /** The largest element along axes; NaN if there is one. */
  StructuralOp<Axes> AMAX =
      StructuralOp.<Axes>named(
              "amax",
              call ->
                  Folding.fold(Folding.checkNotEmpty(call), Reduction.MAX, call.input(0).dtype()))
          .gradient(
              StructuralOp.input(0) | StructuralOp.OUTPUT,
              (call, g) -> Folding.extremumGradient(call, g))
          .pytorch((axes, inputs) -> axes.pytorchList("torch.amax(a, p, q)"))
          .drawn(DrawnSamples::searches)
          .samples(Folding::extremumSamples);

  /**
   * Returns the largest element along axes; NaN if there is one. Elements that tie share the
   * gradient.
   *
   * @param axes the axes; none means all of them
   * @param keepdim whether folded axes stay, with size 1
   * @return a new tensor
   * @throws ShapeException when there is no such axis, one is named twice, or one to fold is empty
   */
  default Tensor amax(int[] axes, boolean keepdim) {
    return AMAX.apply(Axes.of(axes, keepdim), self());
  }

  /**
   * Returns the largest element along axes, which are taken out; NaN if there is one. Elements that
   * tie share the gradient.
   *
   * @param axes the axes; none means all of them
   * @return a new tensor
   * @throws ShapeException when there is no such axis, one is named twice, or one to fold is empty
   */
  default Tensor amax(int... axes) {
    return amax(axes, false);
  }

  /**
   * Returns the largest element; NaN if there is one.
   *
   * @return a new scalar
   * @throws ShapeException when there are no elements
   */
  default Tensor max() {
    return AMAX.applyAs("max", Axes.of(), self());
  }

  /** The smallest element along axes; NaN if there is one. */
  StructuralOp<Axes> AMIN =
      StructuralOp.<Axes>named(
              "amin",
              call ->
                  Folding.fold(Folding.checkNotEmpty(call), Reduction.MIN, call.input(0).dtype()))
          .gradient(
              StructuralOp.input(0) | StructuralOp.OUTPUT,
              (call, g) -> Folding.extremumGradient(call, g))
          .pytorch((axes, inputs) -> axes.pytorchList("torch.amin(a, p, q)"))
          .drawn(DrawnSamples::searches)
          .samples(Folding::extremumSamples);

  /**
   * Returns the smallest element along axes; NaN if there is one. Elements that tie share the
   * gradient.
   *
   * @param axes the axes; none means all of them
   * @param keepdim whether folded axes stay, with size 1
   * @return a new tensor
   * @throws ShapeException when there is no such axis, one is named twice, or one to fold is empty
   */
  default Tensor amin(int[] axes, boolean keepdim) {
    return AMIN.apply(Axes.of(axes, keepdim), self());
  }

  /**
   * Returns the smallest element along axes, which are taken out; NaN if there is one. Elements
   * that tie share the gradient.
   *
   * @param axes the axes; none means all of them
   * @return a new tensor
   * @throws ShapeException when there is no such axis, one is named twice, or one to fold is empty
   */
  default Tensor amin(int... axes) {
    return amin(axes, false);
  }

  /**
   * Returns the smallest element; NaN if there is one.
   *
   * @return a new scalar
   * @throws ShapeException when there are no elements
   */
  default Tensor min() {
    return AMIN.applyAs("min", Axes.of(), self());
  }

  /** The position of the largest element along an axis. */
  StructuralOp<Axis> ARGMAX =
      StructuralOp.<Axis>named("argmax", call -> Folding.position(call, true))
          .withoutGradient("a position does not change by small steps")
          .pytorch((axis, inputs) -> axis.pytorch("torch.argmax(a, p, q)"))
          .drawn(DrawnSamples::searchesOneAxis)
          .samples(Folding::positionSamples);

  /**
   * Returns the position of the largest element along an axis: the first of equals, the first NaN
   * if there is one.
   *
   * @param axis the axis
   * @param keepdim whether the axis stays, with size 1
   * @return a new int64 tensor
   * @throws ShapeException when there is no such axis, or it is empty
   * @throws DTypeException when this tensor is of bool
   */
  default Tensor argmax(int axis, boolean keepdim) {
    return ARGMAX.apply(new Axis(axis, keepdim), self());
  }

  /**
   * Returns the position of the largest element along an axis, which is taken out.
   *
   * @param axis the axis
   * @return a new int64 tensor
   * @throws ShapeException when there is no such axis, or it is empty
   * @throws DTypeException when this tensor is of bool
   */
  default Tensor argmax(int axis) {
    return argmax(axis, false);
  }

  /**
   * Returns the position of the largest element among all, counted in row-major order.
   *
   * @return a new int64 scalar
   * @throws ShapeException when there are no elements
   * @throws DTypeException when this tensor is of bool
   */
  default Tensor argmax() {
    try (Tensor all = Views.RESHAPE.applyAs("argmax", Shape.of(self().numel()), self())) {
      return all.argmax(0);
    }
  }

  /** The position of the smallest element along an axis. */
  StructuralOp<Axis> ARGMIN =
      StructuralOp.<Axis>named("argmin", call -> Folding.position(call, false))
          .withoutGradient("a position does not change by small steps")
          .pytorch((axis, inputs) -> axis.pytorch("torch.argmin(a, p, q)"))
          .drawn(DrawnSamples::searchesOneAxis)
          .samples(Folding::positionSamples);

  /**
   * Returns the position of the smallest element along an axis: the first of equals, the first NaN
   * if there is one.
   *
   * @param axis the axis
   * @param keepdim whether the axis stays, with size 1
   * @return a new int64 tensor
   * @throws ShapeException when there is no such axis, or it is empty
   * @throws DTypeException when this tensor is of bool
   */
  default Tensor argmin(int axis, boolean keepdim) {
    return ARGMIN.apply(new Axis(axis, keepdim), self());
  }

  /**
   * Returns the position of the smallest element along an axis, which is taken out.
   *
   * @param axis the axis
   * @return a new int64 tensor
   * @throws ShapeException when there is no such axis, or it is empty
   * @throws DTypeException when this tensor is of bool
   */
  default Tensor argmin(int axis) {
    return argmin(axis, false);
  }

  /**
   * Returns the position of the smallest element among all, counted in row-major order.
   *
   * @return a new int64 scalar
   * @throws ShapeException when there are no elements
   * @throws DTypeException when this tensor is of bool
   */
  default Tensor argmin() {
    try (Tensor all = Views.RESHAPE.applyAs("argmin", Shape.of(self().numel()), self())) {
      return all.argmin(0);
    }
  }

  /** Whether some element along axes differs from zero. */
  StructuralOp<Axes> ANY =
      StructuralOp.<Axes>named("any", call -> Folding.fold(call, Reduction.ANY, DType.BOOL))
          .withoutGradient("a truth value has no slope")
          .pytorch((axes, inputs) -> axes.pytorchOrAll("any"))
          .drawn(DrawnSamples::folds)
          .samples(Folding::samples);

  /**
   * Tells whether some element along axes, which are taken out, differs from zero; NaN does.
   *
   * @param axes the axes; none means all of them
   * @return a new bool tensor
   * @throws ShapeException when there is no such axis, or one is named twice
   */
  default Tensor any(int... axes) {
    return ANY.apply(Axes.of(axes, false), self());
  }

  /** Whether every element along axes differs from zero. */
  StructuralOp<Axes> ALL =
      StructuralOp.<Axes>named("all", call -> Folding.fold(call, Reduction.ALL, DType.BOOL))
          .withoutGradient("a truth value has no slope")
          .pytorch((axes, inputs) -> axes.pytorchOrAll("all"))
          .drawn(DrawnSamples::folds)
          .samples(Folding::samples);

  /**
   * Tells whether every element along axes, which are taken out, differs from zero; NaN does.
   *
   * @param axes the axes; none means all of them
   * @return a new bool tensor
   * @throws ShapeException when there is no such axis, or one is named twice
   */
  default Tensor all(int... axes) {
    return ALL.apply(Axes.of(axes, false), self());
  }

  /**
   * Axes to fold, and what is subtracted from the number of elements.
   *
   * @param axes the axes
   * @param correction 1 for the unbiased estimate, 0 for the population's
   */
  record Correction(Axes axes, double correction) {
    PyTorchCall pytorch(String function) {
      return axes.pytorch("torch." + function + "(a, p, correction=r, keepdim=q)", correction);
    }
  }

  /** The variance along axes. */
  StructuralOp<Correction> VAR =
      StructuralOp.<Correction>named("var", call -> Folding.variance(call, false))
          .gradient(
              StructuralOp.input(0),
              (call, g) -> {
                Axes axes = call.attributes().axes();
                Tensor x = call.input(0);
                double divisor =
                    Math.max(axes.count(x.shape()) - call.attributes().correction(), 0);
                return axes.restore(g, x.shape())
                    .mul(x.sub(x.mean(axes.axes(), true)))
                    .mul(2 / divisor);
              })
          .pytorch((correction, inputs) -> correction.pytorch("var"))
          .drawn(DrawnSamples::corrections)
          .samples(() ->
              List.of(
                  Sample.of(new Correction(Axes.of(1), 1), real(3, 5)),
                  Sample.of(new Correction(Axes.of(), 0), real(2, 7)),
                  Sample.of(new Correction(new Axes(new int[] {0, 2}, true), 1), real(2, 3, 4)),
                  Sample.refused(
                      ShapeException.class, "axis 3", new Correction(Axes.of(3), 1), real(2, 2))));

  /**
   * Returns the variance along axes.
   *
   * @param axes the axes; none means all of them
   * @param correction what is subtracted from the number of elements: 1 (Bessel) for the unbiased
   *     estimate, 0 for the population's variance
   * @param keepdim whether folded axes stay, with size 1
   * @return a new tensor
   * @throws ShapeException when there is no such axis, or one is named twice
   * @throws DTypeException when this tensor is not floating point
   */
  default Tensor var(int[] axes, double correction, boolean keepdim) {
    return VAR.apply(new Correction(Axes.of(axes, keepdim), correction), self());
  }

  /**
   * Returns the unbiased variance along axes, which are taken out.
   *
   * @param axes the axes; none means all of them
   * @return a new tensor
   * @throws ShapeException when there is no such axis, or one is named twice
   * @throws DTypeException when this tensor is not floating point
   */
  default Tensor var(int... axes) {
    return var(axes, 1, false);
  }

  /** The root of the mean square distance from the mean. */
  StructuralOp<Correction> STD =
      StructuralOp.<Correction>named("std", call -> Folding.variance(call, true))
          .gradient(
              StructuralOp.input(0) | StructuralOp.OUTPUT,
              (call, g) -> {
                Axes axes = call.attributes().axes();
                Tensor x = RoundedOnce.widened(call.input(0));
                double correction = call.attributes().correction();
                double divisor = Math.max(axes.count(x.shape()) - correction, 0);
                // The narrow result is rounded.
                Tensor deviation =
                    isHalf(call.input(0))
                        ? x.std(axes.axes(), correction, true)
                        : axes.restore(call.output(), x.shape());
                Tensor scale =
                    axes.restore(RoundedOnce.widened(g), x.shape()).div(deviation).div(divisor);
                // Where all elements are equal there is no slope; zero is PyTorch's choice.
                return x.sub(x.mean(axes.axes(), true)).mul(scale.maskedFill(deviation.eq(0), 0));
              })
          .pytorch((correction, inputs) -> correction.pytorch("std"))
          .drawn(DrawnSamples::corrections)
          .samples(() ->
              List.of(
                  Sample.of(new Correction(Axes.of(1), 1), distinct(3, 5)),
                  Sample.of(new Correction(Axes.of(), 0), distinct(2, 7)),
                  Sample.of(new Correction(new Axes(new int[] {0, 2}, true), 1), distinct(2, 3, 4)),
                  Sample.refused(
                      ShapeException.class, "axis 3", new Correction(Axes.of(3), 1), real(2, 2))));

  /** Tells whether squares of elements may overflow the type where their root does not. */
  private static boolean isHalf(Tensor x) {
    return x.dtype().isFloatingPoint() && x.dtype().byteSize() < Float.BYTES;
  }

  /**
   * Returns the standard deviation along axes: the root of {@link #var(int[], double, boolean)}.
   *
   * @param axes the axes; none means all of them
   * @param correction what is subtracted from the number of elements
   * @param keepdim whether folded axes stay, with size 1
   * @return a new tensor
   * @throws ShapeException when there is no such axis, or one is named twice
   * @throws DTypeException when this tensor is not floating point
   */
  default Tensor std(int[] axes, double correction, boolean keepdim) {
    Tensor x = self();
    if (isHalf(x)) {
      return x.to(DType.FLOAT32).std(axes, correction, keepdim).to(x.dtype());
    }
    return STD.apply(new Correction(Axes.of(axes, keepdim), correction), x);
  }

  /**
   * Returns the unbiased standard deviation along axes, which are taken out.
   *
   * @param axes the axes; none means all of them
   * @return a new tensor
   * @throws ShapeException when there is no such axis, or one is named twice
   * @throws DTypeException when this tensor is not floating point
   */
  default Tensor std(int... axes) {
    return std(axes, 1, false);
  }

  /**
   * Returns the p-norm along axes: {@code sum(|x|^p)^(1/p)}, the largest or smallest absolute value
   * for infinite p, the number of elements other than zero for p = 0.
   *
   * @param p the order of the norm
   * @param axes the axes, which are taken out; none means all of them
   * @return a new tensor
   * @throws ShapeException when there is no such axis, or one is named twice
   * @throws DTypeException when this tensor is not floating point
   */
  default Tensor norm(double p, int... axes) {
    Tensor x = self().openFor("norm");
    if (!x.dtype().isFloatingPoint()) {
      throw new DTypeException("norm: " + x.describe() + ": the input is floating point");
    }
    if (Double.isNaN(p)) {
      throw new ArgumentException("norm: p is NaN");
    }
    if (isHalf(x)) {
      return x.to(DType.FLOAT32).norm(p, axes).to(x.dtype());
    }
    if (p == Double.POSITIVE_INFINITY) {
      return x.abs().amax(axes, false);
    }
    if (p == Double.NEGATIVE_INFINITY) {
      return x.abs().amin(axes, false);
    }
    if (p == 0) {
      return x.ne(0).to(x.dtype()).sum(axes);
    }
    if (p == 1) {
      return x.abs().sum(axes);
    }
    if (p == 2) {
      return EUCLIDEAN_NORM.apply(Axes.of(axes, false), x);
    }
    return p < 0 ? x.abs().pow(p).sum(axes).pow(1 / p) : Folding.powerNorm(x, p, Axes.of(axes));
  }

  /** The root of the sum of squares along axes. */
  StructuralOp<Axes> EUCLIDEAN_NORM =
      StructuralOp.<Axes>named("norm", Folding::euclideanNorm)
          .gradient(
              StructuralOp.input(0) | StructuralOp.OUTPUT,
              (call, g) -> {
                Axes axes = call.attributes();
                Tensor norm = axes.restore(call.output(), call.shape(0));
                // At zero the norm has no slope; PyTorch's choice among the subgradients is zero.
                Tensor divisor = norm.maskedFill(norm.eq(0), Double.POSITIVE_INFINITY);
                // The reciprocal of a tiny norm would be infinite.
                return call.input(0).div(divisor).mul(axes.restore(g, call.shape(0)));
              })
          .pytorch((axes, inputs) -> axes.pytorch("torch.linalg_vector_norm(a, 2, p, q)"))
          .drawn(DrawnSamples::folds)
          .samples(() ->
              List.of(
                  Sample.of(Axes.of(), positive(3, 4)),
                  Sample.of(Axes.of(-1), real(3, 4)),
                  Sample.of(new Axes(new int[] {0}, true), real(2, 3, 2)),
                  Sample.of(Axes.of(1), real(3, 1)),
                  Sample.refused(ShapeException.class, "axis 4", Axes.of(4), real(2, 2))));

  /**
   * Returns the root of the sum of squares of all elements: the Euclidean norm of a vector, the
   * Frobenius norm of a matrix.
   *
   * @return a new scalar
   * @throws DTypeException when this tensor is not floating point
   */
  default Tensor norm() {
    return norm(2);
  }

  /** log(sum(exp(x))) along axes. */
  StructuralOp<Axes> LOGSUMEXP =
      StructuralOp.<Axes>named("logsumexp", Folding::logSumExp)
          .gradient(
              StructuralOp.input(0) | StructuralOp.OUTPUT,
              (call, g) -> {
                Axes axes = call.attributes();
                Tensor x = RoundedOnce.widened(call.input(0));
                // The narrow result is rounded: shares by it would not add up to one.
                Tensor sum =
                    isHalf(call.input(0))
                        ? x.logsumexp(axes.axes(), true)
                        : axes.restore(call.output(), call.shape(0));
                // Where the sum is infinite, x - sum is NaN or the exponential 0; as in PyTorch.
                Tensor shift = sum.maskedFill(sum.isinf(), 0);
                return axes.restore(RoundedOnce.widened(g), call.shape(0)).mul(x.sub(shift).exp());
              })
          .pytorch((axes, inputs) -> axes.pytorchFlat("logsumexp"))
          .drawn(DrawnSamples::folds)
          .samples(Folding::samples);

  /**
   * Returns log(sum(exp(x))) along axes, without overflow.
   *
   * @param axes the axes; none means all of them
   * @param keepdim whether folded axes stay, with size 1
   * @return a new tensor, of float32 where this one is not floating point
   * @throws ShapeException when there is no such axis, or one is named twice
   */
  default Tensor logsumexp(int[] axes, boolean keepdim) {
    return LOGSUMEXP.apply(Axes.of(axes, keepdim), self());
  }

  /**
   * Returns log(sum(exp(x))) along axes, which are taken out.
   *
   * @param axes the axes; none means all of them
   * @return a new tensor, of float32 where this one is not floating point
   * @throws ShapeException when there is no such axis, or one is named twice
   */
  default Tensor logsumexp(int... axes) {
    return logsumexp(axes, false);
  }

  /** Running sums along an axis; of integers and truth values they are int64. */
  StructuralOp<Integer> CUMSUM =
      StructuralOp.<Integer>named(
              "cumsum",
              call -> {
                Tensor x = call.input(0);
                int axis = x.shape().normalizeAxis("cumsum", call.attributes());
                Tensor result = call.result(Folding.sumType(x.dtype()), x.shape());
                if (x.rank() == 0) {
                  Kernels.provider().indexing().copy(result, x);
                } else {
                  Kernels.provider().reductions().cumulativeSum(result, x, axis);
                }
                return result;
              })
          .gradient(
              StructuralOp.NOTHING,
              (call, g) ->
                  g.flip(call.attributes()).cumsum(call.attributes()).flip(call.attributes()))
          .pytorch((axis, inputs) -> PyTorchCall.of("torch.cumsum(a, p)", (long) axis))
          .drawn(DrawnSamples::axis)
          .samples(() ->
              List.of(
                  Sample.of(0, real(4, 3)),
                  Sample.of(-1, real(2, 5)),
                  Sample.of(0, real()),
                  Sample.of(1, real(2, 0)),
                  Sample.refused(ShapeException.class, "axis 1", 1, distinct(3))));

  /**
   * Returns running sums along an axis.
   *
   * @param axis the axis
   * @return a new tensor of this shape; int64 for integers and truth values
   * @throws ShapeException when there is no such axis
   */
  default Tensor cumsum(int axis) {
    return CUMSUM.apply(axis, self());
  }

  /** Running products along an axis; of integers and truth values they are int64. */
  StructuralOp<Integer> CUMPROD =
      StructuralOp.<Integer>named(
              "cumprod",
              call -> {
                Tensor x = call.input(0);
                int axis = x.shape().normalizeAxis("cumprod", call.attributes());
                Tensor result = call.result(Folding.sumType(x.dtype()), x.shape());
                if (x.rank() == 0) {
                  Kernels.provider().indexing().copy(result, x);
                } else {
                  Kernels.provider().reductions().cumulativeProduct(result, x, axis);
                }
                return result;
              })
          .gradient(StructuralOp.input(0), (call, g) -> Folding.cumulativeProductGradient(call, g))
          .pytorch((axis, inputs) -> PyTorchCall.of("torch.cumprod(a, p)", (long) axis))
          .drawn(DrawnSamples::axis)
          .samples(() ->
              List.of(
                  Sample.of(0, positive(4, 3)),
                  Sample.of(-1, positive(2, 5)),
                  Sample.of(0, positive()),
                  Sample.of(1, positive(2, 0)),
                  Sample.refused(ShapeException.class, "axis 1", 1, real(3))));

  /**
   * Returns running products along an axis. The gradient divides by nothing, and takes the same
   * time whether elements are zero or not.
   *
   * @param axis the axis
   * @return a new tensor of this shape; int64 for integers and truth values
   * @throws ShapeException when there is no such axis
   */
  default Tensor cumprod(int axis) {
    return CUMPROD.apply(axis, self());
  }
}
