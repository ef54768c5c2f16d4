package dev.gatun.kernels.gemm;

import dev.gatun.memory.Layout;
import dev.gatun.memory.StridedArray;
import org.jspecify.annotations.Nullable;

/** Layers with narrow weights in plain Java, with sums in double. */
public final class ScalarNarrowLinear implements NarrowLinearKernels {
  private static final ScalarNarrowLinear INSTANCE = new ScalarNarrowLinear();

  private ScalarNarrowLinear() {}

  /**
   * Returns the kernels.
   *
   * @return the only instance
   */
  public static ScalarNarrowLinear instance() {
    return INSTANCE;
  }

  @Override
  public void linear(
      StridedArray out,
      StridedArray x,
      StridedArray weight,
      @Nullable StridedArray scales,
      @Nullable StridedArray bias) {
    var weights = weight.layout();
    long outputs = weights.size(0);
    long inputs = weights.size(1);
    long rows = outputs == 0 ? 0 : out.layout().numel() / outputs;
    for (long row = 0; row < rows; row++) {
      long from = rowPosition(x.layout(), row);
      long to = rowPosition(out.layout(), row);
      for (long output = 0; output < outputs; output++) {
        double sum = 0;
        for (long input = 0; input < inputs; input++) {
          long at = weights.offset() + output * weights.stride(0) + input * weights.stride(1);
          sum += element(weight, at) * element(x, from + input * lastStride(x.layout()));
        }
        double scale = scales == null ? 1 : element(scales, position(scales.layout(), output));
        double summand = bias == null ? 0 : element(bias, position(bias.layout(), output));
        long at = (to + output * lastStride(out.layout())) * out.dtype().byteSize();
        out.dtype().setDouble(out.segment(), at, sum * scale + summand);
      }
    }
  }

  private static double element(StridedArray array, long position) {
    return array.dtype().getDouble(array.segment(), position * array.dtype().byteSize());
  }

  private static long position(Layout vector, long index) {
    return vector.offset() + index * vector.stride(0);
  }

  /** Returns the distance between neighbours along the last axis, in elements. */
  static long lastStride(Layout layout) {
    return layout.stride(layout.rank() - 1);
  }

  /**
   * Returns the position of the first element of a row.
   *
   * @param layout a layout of rank 1 or more
   * @param row its number, row-major over all axes but the last
   * @return the position in elements
   */
  static long rowPosition(Layout layout, long row) {
    long position = layout.offset();
    long rest = row;
    for (int axis = layout.rank() - 2; axis >= 0 && rest > 0; axis--) {
      position += rest % layout.size(axis) * layout.stride(axis);
      rest /= layout.size(axis);
    }
    return position;
  }
}
