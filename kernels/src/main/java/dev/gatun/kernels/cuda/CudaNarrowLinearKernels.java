package dev.gatun.kernels.cuda;

import dev.gatun.kernels.gemm.NarrowLinearKernels;
import dev.gatun.memory.Layout;
import dev.gatun.memory.Shape;
import dev.gatun.memory.StridedArray;
import org.jspecify.annotations.Nullable;

/**
 * Layers with narrow weights on a device: products whose right operand is widened as it is read.
 */
final class CudaNarrowLinearKernels implements NarrowLinearKernels {
  private final TiledProduct products;

  CudaNarrowLinearKernels(Launcher launcher) {
    products = new TiledProduct(launcher);
  }

  @Override
  public void linear(
      StridedArray out,
      StridedArray x,
      StridedArray weight,
      @Nullable StridedArray scales,
      @Nullable StridedArray bias) {
    products.run(
        out,
        matrices(out.layout()),
        x,
        matrices(x.layout()),
        weight,
        weight.layout().transpose(0, 1),
        1,
        0,
        scales,
        bias);
  }

  /** A row of numbers as a matrix of one row. */
  private static Layout matrices(Layout layout) {
    if (layout.rank() > 1) {
      return layout;
    }
    long[] strides = {0, layout.stride(0)};
    return Layout.strided(Shape.of(1, layout.size(0)), strides, layout.offset());
  }
}
