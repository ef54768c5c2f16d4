package dev.gatun.kernels.convolution;

import dev.gatun.kernels.record.Written;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.Shape;
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
   * Returns how many elements weights take that have been prepared for convolutions of some shapes.
   * Where weights stay as they are for many calls, preparing them once saves what each call would
   * do to them.
   *
   * @param dtype the type of all elements
   * @param input the shape of the images
   * @param weight the shape of the weights
   * @param geometry how the kernel moves
   * @return the number of elements, or 0 where such convolutions take weights as they are
   */
  default long preparedElements(
      DType dtype, Shape input, Shape weight, ConvolutionGeometry geometry) {
    return 0;
  }

  /**
   * Prepares weights for convolutions of shapes for which {@link #preparedElements} is not 0.
   * Prepared weights suit all those convolutions with weights of this shape and this number of
   * groups, by kernels of this instance.
   *
   * @param prepared the result: contiguous, of the weights' type, with as many elements as {@link
   *     #preparedElements} says
   * @param weight the weights
   * @param geometry how the kernel will move
   * @throws ArgumentException if {@code prepared} is not of that kind, or the weights are never
   *     prepared
   */
  default void prepareWeights(
      @Written StridedArray prepared, StridedArray weight, ConvolutionGeometry geometry) {
    throw new ArgumentException("prepareWeights: weights are used as they are");
  }

  /**
   * Convolves as {@link #convolve} does, to the same bits, with weights that have been prepared.
   *
   * @param out the result, [batch, output channels, output height, output width]
   * @param input the images, of a shape for which {@link #preparedElements} is not 0
   * @param prepared what {@link #prepareWeights} wrote
   * @param weight the shape of the weights
   * @param bias what is added to each output channel, [output channels], or null for nothing
   * @param geometry how the kernel moves
   * @throws ArgumentException if {@code prepared} is not of that kind, or such convolutions take
   *     weights as they are
   */
  default void convolvePrepared(
      @Written StridedArray out,
      StridedArray input,
      StridedArray prepared,
      Shape weight,
      @Nullable StridedArray bias,
      ConvolutionGeometry geometry) {
    throw new ArgumentException("convolvePrepared: weights are used as they are");
  }

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

  /**
   * Runs the innermost kernels of an element type until the virtual machine has compiled them, so
   * that the first real call is already fast. Takes about a second of one core at most; calling it
   * again is cheap.
   *
   * @param dtype the type of the arrays
   */
  void warmUp(DType dtype);
}
