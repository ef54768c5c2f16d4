package dev.gatun.nn;

import dev.gatun.autograd.Tensor;
import dev.gatun.kernels.pooling.PoolingGeometry;

/** The largest element of each window of an image. */
public final class MaxPool2d extends Module {
  private final PoolingGeometry geometry;

  /**
   * Makes a layer whose windows lie side by side.
   *
   * @param kernelSize the number of rows and columns of a window
   */
  public MaxPool2d(long kernelSize) {
    this(PoolingGeometry.of(kernelSize));
  }

  /**
   * Makes a layer with square windows.
   *
   * @param kernelSize the number of rows and columns of a window
   * @param stride the step of the window
   * @param padding the number of rows and columns around an image, which are never the largest
   */
  public MaxPool2d(long kernelSize, long stride, long padding) {
    this(PoolingGeometry.of(kernelSize).stride(stride).padding(padding));
  }

  /**
   * Makes a layer.
   *
   * @param geometry how the window moves
   */
  public MaxPool2d(PoolingGeometry geometry) {
    this.geometry = geometry;
  }

  /**
   * Finds the largest elements.
   *
   * @param input [batch, channels, height, width], or without batch
   * @return a new tensor, with fewer rows and columns
   */
  @Override
  public Tensor forward(Tensor input) {
    return input.maxPool2d(geometry);
  }

  @Override
  protected String settings() {
    return WindowSettings.of(geometry)
        + ", dilation="
        + WindowSettings.sizes(geometry.dilationHeight(), geometry.dilationWidth())
        + ", ceil_mode="
        + truth(geometry.ceilMode());
  }
}
