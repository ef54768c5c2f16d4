package dev.gatun.autograd;

import static dev.gatun.autograd.Operand.real;

import dev.gatun.kernels.Kernels;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.ShapeException;
import dev.gatun.memory.StridedArray;
import java.util.List;

/**
 * Exponentials normalised along an axis, computed without overflow.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface Softmaxes {
  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  private static int axisOf(Invocation<Integer> call) {
    Tensor input = call.input(0);
    if (!input.dtype().isFloatingPoint()) {
      throw new DTypeException(
          call.name() + ": " + input.describe() + ": the input is floating point");
    }
    return input.shape().normalizeAxis(call.name(), call.attributes());
  }

  /** exp(x) / sum(exp(x)) along an axis. */
  StructuralOp<Integer> SOFTMAX =
      StructuralOp.<Integer>named(
              "softmax",
              call -> {
                int axis = axisOf(call);
                Tensor input = call.input(0);
                Tensor result = call.result(input.dtype(), input.shape());
                if (input.rank() == 0) {
                  try (StridedArray out = withAxis(result);
                      StridedArray in = withAxis(input)) {
                    Kernels.provider().reductions().softmax(out, in, 0);
                  }
                } else {
                  Kernels.provider().reductions().softmax(result, input, axis);
                }
                return result;
              })
          .gradient(
              StructuralOp.OUTPUT,
              (call, g) -> {
                Tensor output = call.output();
                int axis = call.attributes();
                if (call.isRecording() || g.rank() == 0) {
                  return output.mul(g.sub(g.mul(output).sum(new int[] {axis}, true)));
                }
                Tensor result = Tensor.allocate(g.dtype(), g.shape());
                Kernels.provider()
                    .reductions()
                    .softmaxBackward(result, g, output, g.shape().normalizeAxis("softmax", axis));
                return result;
              })
          .pytorch((axis, inputs) -> PyTorchCall.of("torch.softmax(a, p)", (long) axis))
          .drawn(DrawnSamples::axis)
          .samples(Softmaxes::samples);

  /** x - log(sum(exp(x))) along an axis. */
  StructuralOp<Integer> LOG_SOFTMAX =
      StructuralOp.<Integer>named(
              "log_softmax",
              call -> {
                int axis = axisOf(call);
                Tensor input = call.input(0);
                Tensor result = call.result(input.dtype(), input.shape());
                if (input.rank() == 0) {
                  try (StridedArray out = withAxis(result);
                      StridedArray in = withAxis(input)) {
                    Kernels.provider().reductions().logSoftmax(out, in, 0);
                  }
                } else {
                  Kernels.provider().reductions().logSoftmax(result, input, axis);
                }
                return result;
              })
          .gradient(
              StructuralOp.OUTPUT,
              (call, g) -> {
                Tensor output = call.output();
                int axis = call.attributes();
                if (call.isRecording() || g.rank() == 0) {
                  return g.sub(output.exp().mul(g.sum(new int[] {axis}, true)));
                }
                Tensor result = Tensor.allocate(g.dtype(), g.shape());
                Kernels.provider()
                    .reductions()
                    .logSoftmaxBackward(
                        result, g, output, g.shape().normalizeAxis("log_softmax", axis));
                return result;
              })
          .pytorch((axis, inputs) -> PyTorchCall.of("torch.log_softmax(a, p)", (long) axis))
          .drawn(DrawnSamples::axis)
          .samples(Softmaxes::samples);

  /** The only element of a tensor without axes, along an axis. */
  private static StridedArray withAxis(Tensor tensor) {
    return new StridedArray(
        tensor.storage().retain(), tensor.dtype(), tensor.layout().unsqueeze(0));
  }

  private static List<Sample<Integer>> samples() {
    return List.of(
        Sample.of(-1, real(3, 5)),
        Sample.of(0, real(3, 5)),
        Sample.of(1, real(2, 17, 3)),
        Sample.of(0, real(1)),
        Sample.of(0, real()),
        Sample.of(1, real(0, 4)),
        Sample.refused(ShapeException.class, "axis 2", 2, real(2, 2)));
  }

  /**
   * Returns exp(x) / sum(exp(x)) along an axis.
   *
   * @param axis the axis
   * @return a new tensor of this shape
   * @throws ShapeException when there is no such axis
   * @throws DTypeException when this tensor is not floating point
   */
  default Tensor softmax(int axis) {
    return SOFTMAX.apply(axis, self());
  }

  /**
   * As {@link #softmax}, into a given tensor.
   *
   * @param axis the axis
   * @param out the tensor to write, of this shape and type
   * @return {@code out}
   */
  default Tensor softmaxOut(int axis, Tensor out) {
    return SOFTMAX.applyOut(out, axis, self());
  }

  /**
   * Returns x - log(sum(exp(x))) along an axis.
   *
   * @param axis the axis
   * @return a new tensor of this shape
   * @throws ShapeException when there is no such axis
   * @throws DTypeException when this tensor is not floating point
   */
  default Tensor logSoftmax(int axis) {
    return LOG_SOFTMAX.apply(axis, self());
  }

  /**
   * As {@link #logSoftmax}, into a given tensor.
   *
   * @param axis the axis
   * @param out the tensor to write, of this shape and type
   * @return {@code out}
   */
  default Tensor logSoftmaxOut(int axis, Tensor out) {
    return LOG_SOFTMAX.applyOut(out, axis, self());
  }

  /**
   * Returns exp(-x) / sum(exp(-x)) along an axis.
   *
   * @param axis the axis
   * @return a new tensor of this shape
   * @throws ShapeException when there is no such axis
   * @throws DTypeException when this tensor is not floating point
   */
  default Tensor softmin(int axis) {
    return self().openFor("softmin").neg().softmax(axis);
  }
}
