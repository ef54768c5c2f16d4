package dev.gatun.nn;

import dev.gatun.kernels.pooling.PoolingGeometry;

/** Windows of images in words, as PyTorch prints them. */
final class WindowSettings {
  private WindowSettings() {}

  static String of(PoolingGeometry geometry) {
    return "kernel_size="
        + sizes(geometry.kernelHeight(), geometry.kernelWidth())
        + ", stride="
        + sizes(geometry.strideHeight(), geometry.strideWidth())
        + ", padding="
        + sizes(geometry.paddingHeight(), geometry.paddingWidth());
  }

  /** One number for a square, else both. */
  static String sizes(long height, long width) {
    return height == width ? Long.toString(height) : "(" + height + ", " + width + ")";
  }
}
