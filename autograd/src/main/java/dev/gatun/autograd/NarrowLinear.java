package dev.gatun.autograd;

import dev.gatun.kernels.Kernels;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Affine maps whose weights are stored in fewer bits than they are computed with, for inference.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface NarrowLinear {
  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  /** x times the transpose of narrow weights, plus a bias; with a fourth input times scales. */
  StructuralOp<NoAttributes> NARROW_LINEAR =
      StructuralOp.<NoAttributes>named(
              "narrow_linear",
              call -> {
                Tensor x = call.input(0);
                Tensor weight = call.input(1);
                Tensor bias = call.input(2);
                Tensor scales = call.inputCount() > 3 ? call.input(3) : null;
                checkTypes(call);
                checkShapes(x, weight, bias, scales);
                Shape shape = x.shape().with(x.rank() - 1, weight.size(0));
                Tensor result = call.result(x.dtype(), shape);
                Kernels.provider().narrowLinear().linear(result, x, weight, scales, bias);
                return result;
              })
          .withoutGradient("weights of few bits are for inference")
          .pytorch((none, inputs) ->
              PyTorchCall.of(
                  inputs > 3
                      ? "torch.linear(a, b.to(a.dtype)) * d.to(a.dtype) + c.to(a.dtype)"
                      : "torch.linear(a, b.to(a.dtype), c.to(a.dtype))"))
          .drawn(draw -> drawn(draw))
          .samples(() ->
              List.of(
                  sample(Operand.bfloat16(4, 3), Operand.real(2, 3)),
                  sample(
                      new Operand(Operand.Kind.BFLOAT16, Shape.of(21, 70), 0.2, 3),
                      Operand.positive(2, 3, 70)),
                  sample(Operand.bfloat16(3, 0), Operand.real(2, 0)),
                  sample(Operand.int8(4, 3), Operand.real(2, 3)),
                  scaledSample(Operand.int8(5, 133), Operand.real(7, 133)),
                  scaledSample(Operand.int8(2, 64), Operand.real(0, 64)),
                  Sample.refused(
                      ShapeException.class,
                      "last axis",
                      NoAttributes.NONE,
                      Operand.real(2, 3),
                      Operand.int8(4, 2),
                      Operand.real(4)),
                  Sample.refused(
                      ShapeException.class,
                      "one element",
                      NoAttributes.NONE,
                      Operand.real(2, 3),
                      Operand.int8(4, 3),
                      Operand.real(3)),
                  Sample.refused(
                      DTypeException.class,
                      "bfloat16 or int8",
                      NoAttributes.NONE,
                      Operand.real(2, 3),
                      Operand.real(4, 3),
                      Operand.real(4))));

  private static Sample<NoAttributes> sample(Operand weight, Operand x) {
    return Sample.of(NoAttributes.NONE, x, weight, Operand.real(weight.shape().size(0)));
  }

  private static Sample<NoAttributes> scaledSample(Operand weight, Operand x) {
    long outputs = weight.shape().size(0);
    return Sample.of(
        NoAttributes.NONE, x, weight, Operand.real(outputs), Operand.positive(outputs));
  }

  private static Sample<NoAttributes> drawn(Draw draw) {
    long outputs = draw.size();
    long inputs = draw.size();
    Operand x = Operand.real(draw.size(), inputs);
    return draw.coin()
        ? sample(Operand.bfloat16(outputs, inputs), x)
        : scaledSample(Operand.int8(outputs, inputs), x);
  }

  private static void checkTypes(Invocation<?> call) {
    Tensor x = call.input(0);
    Tensor weight = call.input(1);
    if (weight.dtype() != DType.BFLOAT16 && weight.dtype() != DType.INT8) {
      throw new DTypeException(
          call.name() + ": weights " + weight.describe() + ": of type bfloat16 or int8");
    }
    boolean agree = x.dtype() == DType.FLOAT32 || x.dtype() == DType.FLOAT64;
    for (int i = 2; i < call.inputCount(); i++) {
      agree &= call.input(i).dtype() == x.dtype();
    }
    if (!agree) {
      throw new DTypeException(
          call.name()
              + ": "
              + x.describe()
              + " with bias "
              + call.input(2).describe()
              + ": all but the weights are float32, or all float64");
    }
  }

  private static void checkShapes(Tensor x, Tensor weight, Tensor bias, @Nullable Tensor scales) {
    if (weight.rank() != 2) {
      throw new ShapeException("narrow_linear: " + weight.shape() + ": exactly 2 axes");
    }
    if (x.rank() < 1 || x.size(-1) != weight.size(1)) {
      throw new ShapeException(
          "narrow_linear: "
              + x.shape()
              + " with weights "
              + weight.shape()
              + ": the last axis is of size "
              + weight.size(1));
    }
    checkVector("bias", bias, weight);
    if (scales != null) {
      checkVector("scales", scales, weight);
    }
  }

  private static void checkVector(String name, Tensor vector, Tensor weight) {
    if (vector.rank() != 1 || vector.size(0) != weight.size(0)) {
      throw new ShapeException(
          "narrow_linear: "
              + name
              + " "
              + vector.shape()
              + " with weights "
              + weight.shape()
              + ": one element for each row of weights");
    }
  }

  /**
   * Applies an affine map whose weights are bytes: {@code (this x weight^T) * scales + bias}, with
   * sums in float32. Without gradient.
   *
   * <p>Weights are quantized symmetrically, each row with a scale of its own:
   *
   * {@snippet :
   * Tensor quantized(Tensor x, Tensor weights, Tensor bias) {
   *   Tensor scales = weights.abs().amax(new int[] {1}, false).div(127);
   *   Tensor bytes = weights.div(scales.unsqueeze(1)).round().to(DType.INT8);
   *   return x.quantizedLinear(bytes, scales, bias);
   * }
   * }
   *
   * @param weight a matrix of type int8, [outputs, inputs]
   * @param scales a vector, [outputs], of this tensor's type
   * @param bias a vector, [outputs], of this tensor's type, or null for none
   * @return a new tensor, [..., outputs]
   * @throws ShapeException when the shapes do not fit
   * @throws DTypeException when this tensor is neither float32 nor float64, the weights are not
   *     int8, or scales or bias are not of this tensor's type
   */
  default Tensor quantizedLinear(Tensor weight, Tensor scales, @Nullable Tensor bias) {
    if (weight.dtype() != DType.INT8) {
      throw new DTypeException("quantized_linear: weights " + weight.describe() + ": of type int8");
    }
    if (bias != null) {
      return NARROW_LINEAR.apply(NoAttributes.NONE, self(), weight, bias, scales);
    }
    try (Tensor none = self().newZeros(scales.shape().toArray())) {
      return NARROW_LINEAR.apply(NoAttributes.NONE, self(), weight, none, scales);
    }
  }
}
