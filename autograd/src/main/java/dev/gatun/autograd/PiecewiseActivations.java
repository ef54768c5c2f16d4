package dev.gatun.autograd;

import dev.gatun.kernels.pointwise.Expression;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.ShapeException;
import java.util.Arrays;

/**
 * Non-linearities made of pieces: of the real line, or of an axis.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface PiecewiseActivations {
  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  /** x where it is positive, else a multiple of exp(x / alpha) - 1 (Barron, 2017). */
  PointwiseOp CELU =
      PointwiseOp.unary("celu", x -> x.celu(Expression.parameter(0)))
          .typed(TypeRule.FLOATING_OPERANDS)
          .pytorch("torch.celu(a, p)");

  /**
   * x where it is positive, else a multiple of exp(x / alpha) - 1 (Barron, 2017).
   *
   * @param alpha the multiple, which is the bound of negative results; not zero
   * @return a new tensor of this shape
   * @throws ArgumentException when the multiple is zero
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor celu(double alpha) {
    if (alpha == 0) {
      throw new ArgumentException("celu: alpha is 0");
    }
    return CELU.apply(self(), alpha, 0);
  }

  /**
   * As {@link #celu(double)}, in place.
   *
   * @param alpha the multiple, which is the bound of negative results; not zero
   * @return this tensor
   * @throws ArgumentException when the multiple is zero
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor celu_(double alpha) {
    if (alpha == 0) {
      throw new ArgumentException("celu: alpha is 0");
    }
    return CELU.applyInPlace(new Tensor[] {self()}, alpha, 0);
  }

  /** x where it exceeds a threshold, else a value. */
  PointwiseOp THRESHOLD =
      PointwiseOp.unary(
              "threshold", x -> x.threshold(Expression.parameter(0), Expression.parameter(1)))
          .typed(TypeRule.NUMERIC)
          .pytorch("torch.threshold(a, p, q)");

  /**
   * x where it exceeds a threshold, else a value.
   *
   * @param threshold the threshold
   * @param value what takes the place of elements up to it
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor threshold(double threshold, double value) {
    return THRESHOLD.apply(self(), threshold, value);
  }

  /**
   * As {@link #threshold(double, double)}, in place.
   *
   * @param threshold the threshold
   * @param value what takes the place of elements up to it
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor threshold_(double threshold, double value) {
    return THRESHOLD.applyInPlace(new Tensor[] {self()}, threshold, value);
  }

  /** x where its magnitude exceeds a bound, else 0. */
  PointwiseOp HARDSHRINK =
      PointwiseOp.unary("hardshrink", x -> x.hardshrink(Expression.parameter(0)))
          .typed(TypeRule.FLOATING_OPERANDS)
          .pytorch("torch.hardshrink(a, p)");

  /**
   * x where its magnitude exceeds a bound, else 0.
   *
   * @param lambda the bound
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor hardshrink(double lambda) {
    return HARDSHRINK.apply(self(), lambda, 0);
  }

  /** x moved towards 0 by a distance, and 0 where it would cross. */
  PointwiseOp SOFTSHRINK =
      PointwiseOp.unary("softshrink", x -> x.softshrink(Expression.parameter(0).abs()))
          .typed(TypeRule.FLOATING_OPERANDS)
          .pytorch("torch.softshrink(a, abs(p))");

  /**
   * x moved towards 0 by a distance, and 0 where it would cross.
   *
   * @param lambda the distance, not negative
   * @return a new tensor of this shape
   * @throws ArgumentException when the distance is negative or NaN
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor softshrink(double lambda) {
    if (!(lambda >= 0)) {
      throw new ArgumentException("softshrink: lambda is " + lambda + ": it is not negative");
    }
    return SOFTSHRINK.apply(self(), lambda, 0);
  }

  /** x where it is positive, else a multiple of it that may be learned (He et al., 2015). */
  PointwiseOp PRELU =
      PointwiseOp.binary("prelu", Expression::prelu)
          .typed(TypeRule.PROMOTE)
          .pytorch("torch.where(a > 0, a, a * b)");

  /**
   * x where it is positive, else a multiple of it that may be learned (He et al., 2015).
   *
   * @param weight the multiples: one for all, or a vector with one for each place of axis 1
   * @return a new tensor of this shape
   * @throws ShapeException when there are neither one nor as many weights as places
   * @throws DTypeException when the operands are not floating point, or of two types
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor prelu(Tensor weight) {
    Tensor x = self();
    if (!x.dtype().isFloatingPoint() || weight.dtype() != x.dtype()) {
      throw new DTypeException(
          "prelu: "
              + x.describe()
              + " with weights of "
              + weight.dtype()
              + ": the operands are of one floating-point type");
    }
    long channels = x.rank() == 0 ? 1 : x.size(x.rank() == 1 ? 0 : 1);
    if (weight.rank() > 1 || weight.numel() != 1 && (weight.numel() != channels || x.rank() < 2)) {
      throw new ShapeException(
          "prelu: "
              + x.shape()
              + " with weights of "
              + weight.shape()
              + ": one, or one for each place of axis 1");
    }
    if (weight.numel() == 1) {
      return PRELU.apply(x, weight.reshape());
    }
    long[] sizes = new long[x.rank()];
    Arrays.fill(sizes, 1);
    sizes[1] = channels;
    return PRELU.apply(x, weight.reshape(sizes));
  }

  /** x times the logistic function of a gate (Dauphin et al., 2016). */
  PointwiseOp GLU =
      PointwiseOp.binary("glu", (x, gate) -> x.mul(gate.sigmoid()))
          .typed(TypeRule.FLOATING_OPERANDS)
          .pytorch(
              "torch.squeeze(torch.glu(torch.stack([torch.broadcast_tensors([a, b])[0].to("
                  + "torch.result_type(a, b)), torch.broadcast_tensors([a, b])[1].to("
                  + "torch.result_type(a, b))]), 0), 0)");

  /**
   * The first half of an axis times the logistic function of the second (Dauphin et al., 2016).
   *
   * @param axis the axis, of even size
   * @return a new tensor, half as long along the axis
   * @throws ShapeException when there is no such axis or its size is odd
   * @throws DTypeException when this tensor is not floating point
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Tensor glu(int axis) {
    Tensor x = self();
    x.checkOpen("glu");
    int at = x.shape().normalizeAxis("glu", axis);
    if (x.rank() == 0 || x.size(at) % 2 != 0) {
      throw new ShapeException("glu: " + x.shape() + ": axis " + at + " has two halves");
    }
    long half = x.size(at) / 2;
    return GLU.apply(x.narrow(at, 0, half), x.narrow(at, half, half));
  }
}
