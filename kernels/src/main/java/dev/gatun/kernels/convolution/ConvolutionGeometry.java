package dev.gatun.kernels.convolution;

/**
 * How a kernel moves over an image: along the rows ("height") and along the columns ("width").
 *
 * {@snippet :
 * var geometry = ConvolutionGeometry.DEFAULT.stride(2).padding(1);
 * }
 *
 * @param strideHeight the step from one result to the next below it, at least 1
 * @param strideWidth the step from one result to the next in its row, at least 1
 * @param paddingHeight how many rows of zeros there are above and below the image
 * @param paddingWidth how many columns of zeros there are on either side of the image
 * @param dilationHeight the distance between neighbouring rows of the kernel, at least 1
 * @param dilationWidth the distance between neighbouring columns of the kernel, at least 1
 * @param groups into how many groups channels are cut, which do not see each other
 */
public record ConvolutionGeometry(
    long strideHeight,
    long strideWidth,
    long paddingHeight,
    long paddingWidth,
    long dilationHeight,
    long dilationWidth,
    long groups) {

  /** Every position, no padding, no gaps, one group. */
  public static final ConvolutionGeometry DEFAULT = new ConvolutionGeometry(1, 1, 0, 0, 1, 1, 1);

  /**
   * Returns this geometry with another stride along both axes.
   *
   * @param stride the step
   * @return a new geometry
   */
  public ConvolutionGeometry stride(long stride) {
    return stride(stride, stride);
  }

  /**
   * Returns this geometry with other strides.
   *
   * @param height the step along the rows
   * @param width the step along the columns
   * @return a new geometry
   */
  public ConvolutionGeometry stride(long height, long width) {
    return new ConvolutionGeometry(
        height, width, paddingHeight, paddingWidth, dilationHeight, dilationWidth, groups);
  }

  /**
   * Returns this geometry with another padding along both axes.
   *
   * @param padding the number of zeros on each side
   * @return a new geometry
   */
  public ConvolutionGeometry padding(long padding) {
    return padding(padding, padding);
  }

  /**
   * Returns this geometry with other paddings.
   *
   * @param height the number of rows of zeros above and below
   * @param width the number of columns of zeros on either side
   * @return a new geometry
   */
  public ConvolutionGeometry padding(long height, long width) {
    return new ConvolutionGeometry(
        strideHeight, strideWidth, height, width, dilationHeight, dilationWidth, groups);
  }

  /**
   * Returns this geometry with another dilation along both axes.
   *
   * @param dilation the distance between neighbours in the kernel
   * @return a new geometry
   */
  public ConvolutionGeometry dilation(long dilation) {
    return dilation(dilation, dilation);
  }

  /**
   * Returns this geometry with other dilations.
   *
   * @param height the distance between the kernel's rows
   * @param width the distance between the kernel's columns
   * @return a new geometry
   */
  public ConvolutionGeometry dilation(long height, long width) {
    return new ConvolutionGeometry(
        strideHeight, strideWidth, paddingHeight, paddingWidth, height, width, groups);
  }

  /**
   * Returns this geometry with another number of groups.
   *
   * @param groups the number of groups
   * @return a new geometry
   */
  public ConvolutionGeometry groups(long groups) {
    return new ConvolutionGeometry(
        strideHeight,
        strideWidth,
        paddingHeight,
        paddingWidth,
        dilationHeight,
        dilationWidth,
        groups);
  }

  /**
   * Returns the number of rows of the result.
   *
   * @param image the number of rows of the image
   * @param kernel the number of rows of the kernel
   * @return the number of rows; not positive when the kernel does not fit
   */
  public long outputHeight(long image, long kernel) {
    return outputSize(image, kernel, strideHeight, paddingHeight, dilationHeight);
  }

  /**
   * Returns the number of columns of the result.
   *
   * @param image the number of columns of the image
   * @param kernel the number of columns of the kernel
   * @return the number of columns; not positive when the kernel does not fit
   */
  public long outputWidth(long image, long kernel) {
    return outputSize(image, kernel, strideWidth, paddingWidth, dilationWidth);
  }

  private static long outputSize(
      long image, long kernel, long stride, long padding, long dilation) {
    return Math.floorDiv(image + 2 * padding - dilation * (kernel - 1) - 1, stride) + 1;
  }
}
