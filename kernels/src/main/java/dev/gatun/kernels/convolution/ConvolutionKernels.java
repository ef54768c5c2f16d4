package dev.gatun.kernels.convolution;

import dev.gatun.kernels.record.Written;
import dev.gatun.memory.StridedArray;
import org.jspecify.annotations.Nullable;

/**
 * Kernels of two-dimensional convolutions and of their gradients.
 *
 * <p>Arrays have four axes: images are [batch, channels, height, width], weights are [output
 * channels, input channels / groups, kernel height, kernel width]. What is called convolution here
 * is, as everywhere in this field, a correlation: the kernel is not flipped. All arrays of a call
 * have one floating-point element type; half-precision sums are kept in float32. Any layout is
 * allowed; contiguous arrays are fastest. An output is written completely, must not overlap an
 * input, and no element of it may be addressed twice.
 *
 * <p>Results do not depend on the number of threads. Methods may be called from any thread. Once
 * compiled they allocate nothing for contiguous float32 and float64 arrays.
 */
public interface ConvolutionKernels {
  /**
   * Convolves images with weights: {@code out[n, o, y, x] = bias[o] + sum over c, i, j of weight[o,
   * c, i, j] * input[n, c, y * stride + i * dilation - padding, x * ...]}, where input is zero
   * outside the image.
   *
   * @param out the result, [batch, output channels, output height, output width]
   * @param input the images
   * @param weight the weights
   * @param bias what is added to each output channel, [output channels], or null for nothing
   * @param geometry how the kernel moves
   */
  void convolve(
      @Written StridedArray out,
      StridedArray input,
      StridedArray weight,
      @Nullable StridedArray bias,
      ConvolutionGeometry geometry);

  /**
   * Computes the gradient of the images; at the same time a transposed convolution of {@code
   * outputGradient}.
   *
   * @param inputGradient the result, of the images' shape
   * @param outputGradient the gradient of the convolution's result
   * @param weight the weights
   * @param geometry how the kernel moved
   */
  void inputGradient(
      @Written StridedArray inputGradient,
      StridedArray outputGradient,
      StridedArray weight,
      ConvolutionGeometry geometry);

  /**
   * Computes the gradient of the weights.
   *
   * @param weightGradient the result, of the weights' shape
   * @param outputGradient the gradient of the convolution's result
   * @param input the images
   * @param geometry how the kernel moved
   */
  void weightGradient(
      @Written StridedArray weightGradient,
      StridedArray outputGradient,
      StridedArray input,
      ConvolutionGeometry geometry);
}
