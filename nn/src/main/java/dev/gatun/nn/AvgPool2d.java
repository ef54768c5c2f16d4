package dev.gatun.nn;

import dev.gatun.autograd.Tensor;
import dev.gatun.kernels.pooling.PoolingGeometry;
import org.jspecify.annotations.Nullable;

/** The mean of each window of an image. */
public final class AvgPool2d extends Module {
  private final PoolingGeometry geometry;
  private final boolean countIncludePad;
  private final @Nullable Long divisorOverride;

  /**
   * Makes a layer whose windows lie side by side.
   *
   * @param kernelSize the number of rows and columns of a window
   */
  public AvgPool2d(long kernelSize) {
    this(PoolingGeometry.of(kernelSize), true, null);
  }

  /**
   * Makes a layer with square windows.
   *
   * @param kernelSize the number of rows and columns of a window
   * @param stride the step of the window
   * @param padding the number of rows and columns around an image, which count as zeros
   */
  public AvgPool2d(long kernelSize, long stride, long padding) {
    this(PoolingGeometry.of(kernelSize).stride(stride).padding(padding), true, null);
  }

  /**
   * Makes a layer.
   *
   * @param geometry how the window moves; without dilation
   * @param countIncludePad whether padding counts as zeros, or not at all
   * @param divisorOverride what sums are divided by, or null for the number of elements
   */
  public AvgPool2d(
      PoolingGeometry geometry, boolean countIncludePad, @Nullable Long divisorOverride) {
    this.geometry = geometry;
    this.countIncludePad = countIncludePad;
    this.divisorOverride = divisorOverride;
  }

  /**
   * Computes the means.
   *
   * @param input [batch, channels, height, width], or without batch
   * @return a new tensor, with fewer rows and columns
   */
  @Override
  public Tensor forward(Tensor input) {
    return input.avgPool2d(geometry, countIncludePad, divisorOverride);
  }

  @Override
  protected String settings() {
    return WindowSettings.of(geometry);
  }
}
