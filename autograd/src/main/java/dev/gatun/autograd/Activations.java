package dev.gatun.autograd;

import dev.gatun.kernels.pointwise.Expression;

/**
 * The non-linearities of neural networks, element by element.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface Activations {
  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  /** The larger of 0 and each element; the slope at 0 is 0. */
  PointwiseOp RELU = PointwiseOp.unary("relu", Expression::relu).typed(TypeRule.NUMERIC);

  /**
   * The larger of 0 and each element; the slope at 0 is 0.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor relu() {
    return RELU.apply(self());
  }

  /**
   * As {@link #relu()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor relu_() {
    return RELU.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #relu()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor reluOut(Tensor out) {
    return RELU.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** The logistic function, 1 / (1 + exp(-x)). */
  PointwiseOp SIGMOID = PointwiseOp.unary("sigmoid", Expression::sigmoid);

  /**
   * The logistic function, 1 / (1 + exp(-x)).
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor sigmoid() {
    return SIGMOID.apply(self());
  }

  /**
   * As {@link #sigmoid()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor sigmoid_() {
    return SIGMOID.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #sigmoid()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor sigmoidOut(Tensor out) {
    return SIGMOID.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** The hyperbolic tangent. */
  PointwiseOp TANH = PointwiseOp.unary("tanh", Expression::tanh);

  /**
   * The hyperbolic tangent.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor tanh() {
    return TANH.apply(self());
  }

  /**
   * As {@link #tanh()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor tanh_() {
    return TANH.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #tanh()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor tanhOut(Tensor out) {
    return TANH.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** x times the normal distribution function at x (Hendrycks and Gimpel, 2016). */
  PointwiseOp GELU =
      PointwiseOp.unary("gelu", Expression::gelu)
          .typed(TypeRule.FLOATING_OPERANDS)
          .pytorch("torch.gelu(a)");

  /**
   * x times the normal distribution function at x (Hendrycks and Gimpel, 2016).
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.DTypeException when this tensor is not floating point
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor gelu() {
    return GELU.apply(self());
  }

  /**
   * As {@link #gelu()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor gelu_() {
    return GELU.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #gelu()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor geluOut(Tensor out) {
    return GELU.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** The approximation of {@link #gelu()} by a hyperbolic tangent. */
  PointwiseOp GELU_TANH =
      PointwiseOp.unary("gelu_tanh", Expression::geluTanh)
          .typed(TypeRule.FLOATING_OPERANDS)
          .pytorch("torch.gelu(a, approximate='tanh')");

  /**
   * The approximation of {@link #gelu()} by a hyperbolic tangent.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.DTypeException when this tensor is not floating point
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor geluTanh() {
    return GELU_TANH.apply(self());
  }

  /**
   * As {@link #geluTanh()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor geluTanh_() {
    return GELU_TANH.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #geluTanh()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor geluTanhOut(Tensor out) {
    return GELU_TANH.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** x sigmoid(x), also called swish. */
  PointwiseOp SILU = PointwiseOp.unary("silu", Expression::silu).typed(TypeRule.FLOATING_OPERANDS);

  /**
   * x sigmoid(x), also called swish.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.DTypeException when this tensor is not floating point
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor silu() {
    return SILU.apply(self());
  }

  /**
   * As {@link #silu()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor silu_() {
    return SILU.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #silu()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor siluOut(Tensor out) {
    return SILU.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** x tanh(softplus(x)) (Misra, 2019). */
  PointwiseOp MISH =
      PointwiseOp.unary("mish", Expression::mish)
          .typed(TypeRule.FLOATING_OPERANDS)
          .pytorch("torch.mish(a)");

  /**
   * x tanh(softplus(x)) (Misra, 2019).
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.DTypeException when this tensor is not floating point
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor mish() {
    return MISH.apply(self());
  }

  /**
   * As {@link #mish()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor mish_() {
    return MISH.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #mish()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor mishOut(Tensor out) {
    return MISH.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** log(1 + exp(x)). */
  PointwiseOp SOFTPLUS =
      PointwiseOp.unary("softplus", Expression::softplus)
          .typed(TypeRule.FLOATING_OPERANDS)
          .pytorch("torch.softplus(a, 1.0, 20.0)");

  /**
   * log(1 + exp(x)).
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.DTypeException when this tensor is not floating point
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor softplus() {
    return SOFTPLUS.apply(self());
  }

  /**
   * As {@link #softplus()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor softplus_() {
    return SOFTPLUS.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #softplus()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor softplusOut(Tensor out) {
    return SOFTPLUS.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** x / (1 + |x|). */
  PointwiseOp SOFTSIGN =
      PointwiseOp.unary("softsign", Expression::softsign).pytorch("a / (torch.abs(a) + 1)");

  /**
   * x / (1 + |x|).
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor softsign() {
    return SOFTSIGN.apply(self());
  }

  /**
   * As {@link #softsign()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor softsign_() {
    return SOFTSIGN.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #softsign()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor softsignOut(Tensor out) {
    return SOFTSIGN.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** The logarithm of the logistic function. */
  PointwiseOp LOG_SIGMOID =
      PointwiseOp.unary("logsigmoid", Expression::logSigmoid)
          .typed(TypeRule.FLOATING_OPERANDS)
          .pytorch("torch.log_sigmoid(a)");

  /**
   * The logarithm of the logistic function.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.DTypeException when this tensor is not floating point
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor logSigmoid() {
    return LOG_SIGMOID.apply(self());
  }

  /**
   * As {@link #logSigmoid()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor logSigmoid_() {
    return LOG_SIGMOID.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #logSigmoid()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor logSigmoidOut(Tensor out) {
    return LOG_SIGMOID.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** The scaled exponential linear unit (Klambauer et al., 2017). */
  PointwiseOp SELU = PointwiseOp.unary("selu", Expression::selu).typed(TypeRule.FLOATING_OPERANDS);

  /**
   * The scaled exponential linear unit (Klambauer et al., 2017).
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.DTypeException when this tensor is not floating point
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor selu() {
    return SELU.apply(self());
  }

  /**
   * As {@link #selu()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor selu_() {
    return SELU.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #selu()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor seluOut(Tensor out) {
    return SELU.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** relu6(x + 3) / 6. */
  PointwiseOp HARDSIGMOID =
      PointwiseOp.unary("hardsigmoid", Expression::hardsigmoid).typed(TypeRule.FLOATING_OPERANDS);

  /**
   * relu6(x + 3) / 6.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.DTypeException when this tensor is not floating point
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor hardsigmoid() {
    return HARDSIGMOID.apply(self());
  }

  /**
   * As {@link #hardsigmoid()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor hardsigmoid_() {
    return HARDSIGMOID.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #hardsigmoid()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor hardsigmoidOut(Tensor out) {
    return HARDSIGMOID.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** x relu6(x + 3) / 6. */
  PointwiseOp HARDSWISH =
      PointwiseOp.unary("hardswish", Expression::hardswish).typed(TypeRule.FLOATING_OPERANDS);

  /**
   * x relu6(x + 3) / 6.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.DTypeException when this tensor is not floating point
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor hardswish() {
    return HARDSWISH.apply(self());
  }

  /**
   * As {@link #hardswish()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor hardswish_() {
    return HARDSWISH.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #hardswish()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor hardswishOut(Tensor out) {
    return HARDSWISH.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** The elements held within 0 and 6. */
  PointwiseOp RELU6 = PointwiseOp.unary("relu6", Expression::relu6).typed(TypeRule.NUMERIC);

  /**
   * The elements held within 0 and 6.
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor relu6() {
    return RELU6.apply(self());
  }

  /**
   * As {@link #relu6()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor relu6_() {
    return RELU6.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #relu6()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor relu6Out(Tensor out) {
    return RELU6.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** x - tanh(x). */
  PointwiseOp TANHSHRINK =
      PointwiseOp.unary("tanhshrink", Expression::tanhshrink).pytorch("a - torch.tanh(a)");

  /**
   * x - tanh(x).
   *
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor tanhshrink() {
    return TANHSHRINK.apply(self());
  }

  /**
   * As {@link #tanhshrink()}, in place.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor tanhshrink_() {
    return TANHSHRINK.applyInPlace(new Tensor[] {self()}, 0, 0);
  }

  /**
   * As {@link #tanhshrink()}, into a given tensor.
   *
   * @param out the tensor to write, of this shape
   * @return {@code out}
   */
  default Tensor tanhshrinkOut(Tensor out) {
    return TANHSHRINK.applyOut(out, new Tensor[] {self()}, 0, 0);
  }

  /** x where it is positive, else a fraction of it. */
  PointwiseOp LEAKY_RELU =
      PointwiseOp.unary(
              "leaky_relu", x -> Expression.select(x.gt(0), x, x.mul(Expression.parameter(0))))
          .typed(TypeRule.FLOATING_OPERANDS)
          .pytorch("torch.leaky_relu(a, p)");

  /**
   * x where it is positive, else a fraction of it.
   *
   * @param slope the slope for negative values
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.DTypeException when this tensor is not floating point
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor leakyRelu(double slope) {
    return LEAKY_RELU.apply(self(), slope, 0);
  }

  /**
   * As {@link #leakyRelu(double)}, in place.
   *
   * @param slope the slope for negative values
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor leakyRelu_(double slope) {
    return LEAKY_RELU.applyInPlace(new Tensor[] {self()}, slope, 0);
  }

  /** x where it is positive, else a multiple of exp(x) - 1. */
  PointwiseOp ELU =
      PointwiseOp.unary("elu", x -> x.elu(Expression.parameter(0)))
          .typed(TypeRule.FLOATING_OPERANDS)
          .pytorch("torch.elu(a, p)");

  /**
   * x where it is positive, else a multiple of exp(x) - 1.
   *
   * @param alpha the multiple
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.DTypeException when this tensor is not floating point
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor elu(double alpha) {
    return ELU.apply(self(), alpha, 0);
  }

  /**
   * As {@link #elu(double)}, in place.
   *
   * @param alpha the multiple
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor elu_(double alpha) {
    return ELU.applyInPlace(new Tensor[] {self()}, alpha, 0);
  }

  /** The elements held within bounds. */
  PointwiseOp HARDTANH =
      PointwiseOp.unary(
              "hardtanh", x -> x.hardtanh(Expression.parameter(0), Expression.parameter(1)))
          .typed(TypeRule.NUMERIC)
          .pytorch("torch.hardtanh(a, p, q)");

  /**
   * The elements held within bounds.
   *
   * @param low the lower bound
   * @param high the upper bound
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.DTypeException when this tensor is of bool
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor hardtanh(double low, double high) {
    return HARDTANH.apply(self(), low, high);
  }

  /**
   * As {@link #hardtanh(double, double)}, in place.
   *
   * @param low the lower bound
   * @param high the upper bound
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor hardtanh_(double low, double high) {
    return HARDTANH.applyInPlace(new Tensor[] {self()}, low, high);
  }
}
