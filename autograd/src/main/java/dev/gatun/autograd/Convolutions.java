package dev.gatun.autograd;

import dev.gatun.kernels.Kernels;
import dev.gatun.kernels.convolution.ConvolutionGeometry;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import org.jspecify.annotations.Nullable;

/**
 * Convolutions of images, [batch, channels, height, width], and of sequences, [batch, channels,
 * length]; the batch may be missing.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface Convolutions {
  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  /**
   * What a gradient of a convolution is computed from besides tensors.
   *
   * @param geometry how the kernel moves
   * @param height the number of rows of the result: of the image, or of the kernel
   * @param width the number of columns of the result
   */
  record Extent(ConvolutionGeometry geometry, long height, long width) {}

  /** A sum over channels and a window, for every position of the window. */
  StructuralOp<ConvolutionGeometry> CONV2D =
      StructuralOp.<ConvolutionGeometry>named(
              "conv2d",
              call -> {
                Tensor x = call.input(0);
                Tensor weight = call.input(1);
                Tensor bias = call.inputCount() > 2 ? call.input(2) : null;
                Shape shape = ConvolutionRules.result(call, call.attributes());
                Tensor result = call.result(x.dtype(), shape);
                Kernels.provider()
                    .convolutions()
                    .convolve(result, x, weight, bias, call.attributes());
                return result;
              })
          // x [n, c, h, w], weight [o, c / groups, i, j] -> [n, o, y, x]
          .gradient(
              StructuralOp.input(1),
              (call, g) ->
                  Convolutions.CONV2D_INPUT_GRADIENT.apply(
                      extent(call.attributes(), call.shape(0)), g, call.input(1)))
          .gradient(
              StructuralOp.input(0),
              (call, g) ->
                  Convolutions.CONV2D_WEIGHT_GRADIENT.apply(
                      extent(call.attributes(), call.shape(1)), g, call.input(0)))
          .gradient(StructuralOp.NOTHING, (call, g) -> g.sum(0, 2, 3))
          .pytorch((geometry, inputs) ->
              PyTorchCall.of(
                  "torch.conv2d(a, b, %s, p, q, r, s)".formatted(inputs > 2 ? "c" : "None"),
                  new long[] {geometry.strideHeight(), geometry.strideWidth()},
                  new long[] {geometry.paddingHeight(), geometry.paddingWidth()},
                  new long[] {geometry.dilationHeight(), geometry.dilationWidth()},
                  geometry.groups()))
          .drawn(DrawnSamples::convolutions)
          .samples(ConvolutionRules::samples);

  /** The gradient of a convolution's images; a transposed convolution. */
  StructuralOp<Extent> CONV2D_INPUT_GRADIENT =
      StructuralOp.<Extent>named(
              "conv2d_input_gradient",
              call -> {
                Tensor gradient = call.input(0);
                Tensor weight = call.input(1);
                Shape shape = ConvolutionRules.image(call);
                Tensor result = call.result(gradient.dtype(), shape);
                Kernels.provider()
                    .convolutions()
                    .inputGradient(result, gradient, weight, call.attributes().geometry);
                return result;
              })
          // gradient [n, o, y, x], weight [o, c / groups, i, j] -> [n, c, h, w]
          .gradient(
              StructuralOp.input(1),
              (call, g) -> CONV2D.apply(call.attributes().geometry, g, call.input(1)))
          .gradient(
              StructuralOp.input(0),
              (call, g) ->
                  Convolutions.CONV2D_WEIGHT_GRADIENT.apply(
                      extent(call.attributes().geometry, call.shape(1)), call.input(0), g))
          .withoutPyTorch("the gradient of conv2d")
          .samples(ConvolutionRules::inputGradientSamples);

  /** The gradient of a convolution's weights. */
  StructuralOp<Extent> CONV2D_WEIGHT_GRADIENT =
      StructuralOp.<Extent>named(
              "conv2d_weight_gradient",
              call -> {
                Tensor gradient = call.input(0);
                Tensor x = call.input(1);
                Shape shape = ConvolutionRules.kernel(call);
                Tensor result = call.result(gradient.dtype(), shape);
                Kernels.provider()
                    .convolutions()
                    .weightGradient(result, gradient, x, call.attributes().geometry);
                return result;
              })
          // gradient [n, o, y, x], x [n, c, h, w] -> [o, c / groups, i, j]
          .gradient(
              StructuralOp.input(1),
              (call, g) -> CONV2D.apply(call.attributes().geometry, call.input(1), g))
          .gradient(
              StructuralOp.input(0),
              (call, g) ->
                  CONV2D_INPUT_GRADIENT.apply(
                      extent(call.attributes().geometry, call.shape(1)), call.input(0), g))
          .withoutPyTorch("the gradient of conv2d")
          .samples(ConvolutionRules::weightGradientSamples);

  private static Extent extent(ConvolutionGeometry geometry, Shape shape) {
    return new Extent(geometry, shape.size(2), shape.size(3));
  }

  /**
   * Convolves with weights, with a step of 1, without padding.
   *
   * @param weight the kernels, [output channels, channels, height, width]
   * @return a new tensor, [batch, output channels, height, width]
   * @throws ShapeException when the shapes do not fit
   * @throws DTypeException when the types differ or are not floating point
   */
  default Tensor conv2d(Tensor weight) {
    return conv2d(weight, null, ConvolutionGeometry.DEFAULT);
  }

  /**
   * Convolves with weights and adds a bias to each output channel.
   *
   * @param weight the kernels, [output channels, channels, height, width]
   * @param bias [output channels], or null for none
   * @param stride the step of the kernel along both axes
   * @param padding the number of zeros on each side
   * @return a new tensor, [batch, output channels, height, width]
   * @throws ShapeException when the shapes do not fit
   * @throws ArgumentException when the step or the padding is out of range
   * @throws DTypeException when the types differ or are not floating point
   */
  default Tensor conv2d(Tensor weight, @Nullable Tensor bias, long stride, long padding) {
    return conv2d(weight, bias, ConvolutionGeometry.DEFAULT.stride(stride).padding(padding));
  }

  /**
   * Convolves with weights and adds a bias to each output channel: {@code out[n, o, y, x] = bias[o]
   * + sum over c, i, j of weight[o, c, i, j] * this[n, c, y * stride + i * dilation - padding, x *
   * ...]}, with zeros outside the image. With groups, output channels of one group see the channels
   * of that group alone. The order of the sums is open, and in float32 the algorithm too: what an
   * infinite element touches, and results a few places from it, may be infinite or NaN.
   *
   * @param weight the kernels, [output channels, channels / groups, height, width]
   * @param bias [output channels], or null for none
   * @param geometry how the kernel moves
   * @return a new tensor, [batch, output channels, height, width]; without batch when this has none
   * @throws ShapeException when the shapes do not fit
   * @throws ArgumentException when the geometry is out of range
   * @throws DTypeException when the types differ or are not floating point
   */
  default Tensor conv2d(Tensor weight, @Nullable Tensor bias, ConvolutionGeometry geometry) {
    Tensor images = ConvolutionRules.batched("conv2d", self(), 3);
    Tensor result =
        bias == null
            ? CONV2D.apply(geometry, images, weight)
            : CONV2D.apply(geometry, images, weight, bias);
    return images == self() ? result : result.squeeze(0);
  }

  /**
   * As {@link #conv2d(Tensor, Tensor, ConvolutionGeometry)}, into a given tensor. There is a batch.
   *
   * @param weight the kernels, [output channels, channels / groups, height, width]
   * @param bias [output channels], or null for none
   * @param geometry how the kernel moves
   * @param out the tensor to write, of the result's shape and type
   * @return {@code out}
   */
  default Tensor conv2dOut(
      Tensor weight, @Nullable Tensor bias, ConvolutionGeometry geometry, Tensor out) {
    return bias == null
        ? CONV2D.applyOut(out, geometry, self(), weight)
        : CONV2D.applyOut(out, geometry, self(), weight, bias);
  }

  /**
   * Convolves sequences, [batch, channels, length], with weights.
   *
   * @param weight the kernels, [output channels, channels / groups, length]
   * @param bias [output channels], or null for none
   * @param stride the step of the kernel
   * @param padding the number of zeros on each side
   * @param dilation the distance between neighbours in the kernel
   * @param groups the number of groups of channels
   * @return a new tensor, [batch, output channels, length]; without batch when this has none
   * @throws ShapeException when the shapes do not fit
   * @throws ArgumentException when a number is out of range
   * @throws DTypeException when the types differ or are not floating point
   */
  default Tensor conv1d(
      Tensor weight, @Nullable Tensor bias, long stride, long padding, long dilation, long groups) {
    if (weight.rank() != 3) {
      throw new ShapeException(
          "conv1d: weight " + weight.shape() + ": three axes, [output, channels / groups, length]");
    }
    Tensor sequences = ConvolutionRules.batched("conv1d", self(), 2);
    ConvolutionGeometry geometry =
        new ConvolutionGeometry(1, stride, 0, padding, 1, dilation, groups);
    Tensor result = sequences.unsqueeze(2).conv2d(weight.unsqueeze(2), bias, geometry).squeeze(2);
    return sequences == self() ? result : result.squeeze(0);
  }

  /**
   * The transposed convolution: what the gradient of {@link #conv2d} does with a gradient, and an
   * upsampling for strides above 1.
   *
   * @param weight the kernels, [channels, output channels / groups, height, width]
   * @param bias [output channels], or null for none
   * @param geometry how the kernel moves over the result
   * @param outputPadding how many rows and columns the result has beyond the fewest that fit; below
   *     the stride or the dilation
   * @return a new tensor, [batch, output channels, height, width]; without batch when this has none
   * @throws ShapeException when the shapes do not fit
   * @throws ArgumentException when the geometry is out of range
   * @throws DTypeException when the types differ or are not floating point
   */
  default Tensor convTranspose2d(
      Tensor weight, @Nullable Tensor bias, ConvolutionGeometry geometry, long outputPadding) {
    Tensor images = ConvolutionRules.batched("conv_transpose2d", self(), 3);
    Extent extent = ConvolutionRules.transposed(images, weight, geometry, outputPadding);
    Tensor result = CONV2D_INPUT_GRADIENT.apply(extent, images, weight);
    if (bias != null) {
      ConvolutionRules.checkBias("conv_transpose2d", bias, result.size(1));
      if (bias.dtype() != result.dtype()) {
        throw new DTypeException(
            "conv_transpose2d: "
                + images.describe()
                + " with a bias of "
                + bias.dtype()
                + ": the types agree");
      }
      result = result.add(bias.reshape(-1, 1, 1));
    }
    return images == self() ? result : result.squeeze(0);
  }
}
