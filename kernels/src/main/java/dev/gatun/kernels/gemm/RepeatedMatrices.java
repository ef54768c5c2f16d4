package dev.gatun.kernels.gemm;

import dev.gatun.memory.Layout;

/** Batches in which a matrix stands for several. */
public final class RepeatedMatrices {
  private RepeatedMatrices() {}

  /**
   * Leaves one of each matrix that is repeated along a leading axis. Products repeat it again.
   *
   * @param batch the layout of an operand of a product
   * @return a layout with size 1 along leading axes of stride 0
   */
  public static Layout once(Layout batch) {
    Layout layout = batch;
    for (int axis = 0; axis < layout.rank() - 2; axis++) {
      if (layout.stride(axis) == 0 && layout.size(axis) > 1) {
        layout = layout.narrow(axis, 0, 1);
      }
    }
    return layout;
  }
}
