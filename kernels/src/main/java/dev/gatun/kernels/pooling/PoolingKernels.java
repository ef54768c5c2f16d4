package dev.gatun.kernels.pooling;

import dev.gatun.kernels.record.Written;
import dev.gatun.memory.StridedArray;

/**
 * Kernels that reduce windows of images, and their gradients.
 *
 * <p>Arrays have four axes, [batch, channels, height, width], and one floating-point element type
 * in a call, unless said otherwise. Any layout is allowed; contiguous arrays are fastest. An output
 * is written completely, must not overlap an input, and no element of it may be addressed twice.
 *
 * <p>Of several largest elements in a window the first counts, in row-major order; NaN counts as
 * larger than all numbers, and of several the last counts. Padding is never the largest; a window
 * that sees nothing but padding gives minus infinity.
 *
 * <p>Results do not depend on the number of threads. Methods may be called from any thread.
 */
public interface PoolingKernels {
  /**
   * Finds the largest element of each window.
   *
   * @param out the result
   * @param input the images
   * @param geometry how the window moves
   */
  void max(@Written StridedArray out, StridedArray input, PoolingGeometry geometry);

  /**
   * Finds where the largest element of each window lies.
   *
   * @param positions the result, of type int64: {@code row * width + column} within the image's
   *     plane; -1 for a window that sees nothing but padding
   * @param input the images
   * @param geometry how the window moves
   */
  void maxPositions(@Written StridedArray positions, StridedArray input, PoolingGeometry geometry);

  /**
   * Adds the gradient of each window to the place of its largest element; other elements are zero.
   *
   * @param inputGradient the result, of the images' shape
   * @param outputGradient the gradients of the windows
   * @param input the images
   * @param geometry how the window moved
   */
  void maxBackward(
      @Written StridedArray inputGradient,
      StridedArray outputGradient,
      StridedArray input,
      PoolingGeometry geometry);

  /**
   * Takes from other images what lies where the largest elements of each window are.
   *
   * @param out the result; zero for a window that sees nothing but padding
   * @param source where elements are taken from, of the images' shape
   * @param input the images
   * @param geometry how the window moves
   */
  void takeAtMax(
      @Written StridedArray out, StridedArray source, StridedArray input, PoolingGeometry geometry);

  /**
   * Computes the mean of each window. The window has no dilation.
   *
   * @param out the result
   * @param input the images
   * @param geometry how the window moves
   * @param countPadding whether the padding counts as zeros, or not at all; what is beyond the
   *     padding never counts
   * @param divisor what sums are divided by, or 0 for the number of elements that count
   */
  void average(
      @Written StridedArray out,
      StridedArray input,
      PoolingGeometry geometry,
      boolean countPadding,
      long divisor);

  /**
   * Spreads the gradients of means over their windows.
   *
   * @param inputGradient the result, of the images' shape
   * @param outputGradient the gradients of the means
   * @param geometry how the window moved
   * @param countPadding whether the padding counted
   * @param divisor what sums were divided by, or 0
   */
  void averageBackward(
      @Written StridedArray inputGradient,
      StridedArray outputGradient,
      PoolingGeometry geometry,
      boolean countPadding,
      long divisor);

  /**
   * Computes means of windows that cover an image: along an axis of {@code n} elements, result
   * {@code i} of {@code m} is the mean of elements {@code floor(i n / m)} to {@code ceil((i + 1) n
   * / m)}.
   *
   * @param out the result
   * @param input the images
   */
  void adaptiveAverage(@Written StridedArray out, StridedArray input);

  /**
   * Spreads the gradients of the means of {@link #adaptiveAverage} over their windows.
   *
   * @param inputGradient the result, of the images' shape
   * @param outputGradient the gradients of the means
   */
  void adaptiveAverageBackward(@Written StridedArray inputGradient, StridedArray outputGradient);
}
