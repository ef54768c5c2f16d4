package dev.gatun.kernels.pooling;

/**
 * How a window moves over an image: along the rows ("height") and along the columns ("width").
 *
 * {@snippet :
 * var geometry = PoolingGeometry.of(3).stride(2).padding(1);
 * }
 *
 * @param kernelHeight the number of rows of the window, at least 1
 * @param kernelWidth the number of columns of the window, at least 1
 * @param strideHeight the step from one result to the next below it, at least 1
 * @param strideWidth the step from one result to the next in its row, at least 1
 * @param paddingHeight how many rows there are above and below the image
 * @param paddingWidth how many columns there are on either side of the image
 * @param dilationHeight the distance between neighbouring rows of the window, at least 1
 * @param dilationWidth the distance between neighbouring columns of the window, at least 1
 * @param ceilMode whether windows may reach beyond the padding at the far ends, as long as they
 *     begin before it does
 */
public record PoolingGeometry(
    long kernelHeight,
    long kernelWidth,
    long strideHeight,
    long strideWidth,
    long paddingHeight,
    long paddingWidth,
    long dilationHeight,
    long dilationWidth,
    boolean ceilMode) {

  /**
   * Returns windows that lie side by side, without padding.
   *
   * @param kernel the number of rows and of columns of the window
   * @return a geometry whose stride is the size of the window
   */
  public static PoolingGeometry of(long kernel) {
    return of(kernel, kernel);
  }

  /**
   * Returns windows that lie side by side, without padding.
   *
   * @param height the number of rows of the window
   * @param width the number of columns of the window
   * @return a geometry whose strides are the sizes of the window
   */
  public static PoolingGeometry of(long height, long width) {
    return new PoolingGeometry(height, width, height, width, 0, 0, 1, 1, false);
  }

  /**
   * Returns this geometry with another stride along both axes.
   *
   * @param stride the step
   * @return a new geometry
   */
  public PoolingGeometry stride(long stride) {
    return stride(stride, stride);
  }

  /**
   * Returns this geometry with other strides.
   *
   * @param height the step along the rows
   * @param width the step along the columns
   * @return a new geometry
   */
  public PoolingGeometry stride(long height, long width) {
    return new PoolingGeometry(
        kernelHeight,
        kernelWidth,
        height,
        width,
        paddingHeight,
        paddingWidth,
        dilationHeight,
        dilationWidth,
        ceilMode);
  }

  /**
   * Returns this geometry with another padding along both axes.
   *
   * @param padding the number of rows or columns on each side
   * @return a new geometry
   */
  public PoolingGeometry padding(long padding) {
    return padding(padding, padding);
  }

  /**
   * Returns this geometry with other paddings.
   *
   * @param height the number of rows above and below
   * @param width the number of columns on either side
   * @return a new geometry
   */
  public PoolingGeometry padding(long height, long width) {
    return new PoolingGeometry(
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        height,
        width,
        dilationHeight,
        dilationWidth,
        ceilMode);
  }

  /**
   * Returns this geometry with another dilation along both axes.
   *
   * @param dilation the distance between neighbours in the window
   * @return a new geometry
   */
  public PoolingGeometry dilation(long dilation) {
    return dilation(dilation, dilation);
  }

  /**
   * Returns this geometry with other dilations.
   *
   * @param height the distance between the window's rows
   * @param width the distance between the window's columns
   * @return a new geometry
   */
  public PoolingGeometry dilation(long height, long width) {
    return new PoolingGeometry(
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        paddingHeight,
        paddingWidth,
        height,
        width,
        ceilMode);
  }

  /**
   * Returns this geometry with windows that may, or may not, reach beyond the padding.
   *
   * @param ceil whether the number of results is rounded up
   * @return a new geometry
   */
  public PoolingGeometry ceilMode(boolean ceil) {
    return new PoolingGeometry(
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        paddingHeight,
        paddingWidth,
        dilationHeight,
        dilationWidth,
        ceil);
  }

  /**
   * Returns the number of rows of the result.
   *
   * @param image the number of rows of the image
   * @return the number of rows; not positive when the window does not fit
   */
  public long outputHeight(long image) {
    return outputSize(image, kernelHeight, strideHeight, paddingHeight, dilationHeight);
  }

  /**
   * Returns the number of columns of the result.
   *
   * @param image the number of columns of the image
   * @return the number of columns; not positive when the window does not fit
   */
  public long outputWidth(long image) {
    return outputSize(image, kernelWidth, strideWidth, paddingWidth, dilationWidth);
  }

  private long outputSize(long image, long kernel, long stride, long padding, long dilation) {
    long room = image + 2 * padding - dilation * (kernel - 1) - 1;
    if (!ceilMode) {
      return Math.floorDiv(room, stride) + 1;
    }
    long size = Math.ceilDiv(room, stride) + 1;
    return (size - 1) * stride >= image + padding ? size - 1 : size;
  }
}
