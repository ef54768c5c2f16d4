package dev.gatun.kernels.cuda;

import dev.gatun.memory.StridedArray;
import org.jspecify.annotations.Nullable;

/** What spaces the axes of arrays make. */
final class Operands {
  private Operands() {}

  /** Returns the size of an array along an axis, 1 where there is no such axis. */
  static long size(StridedArray array, int axis) {
    return axis < array.layout().rank() ? array.layout().size(axis) : 1;
  }

  /** Returns the stride of an array along an axis, 0 where there is no array or no such axis. */
  static long stride(@Nullable StridedArray array, int axis) {
    return array == null || axis >= array.layout().rank() ? 0 : array.layout().stride(axis);
  }

  /**
   * Divides the axes of an input into those that an output keeps and those along which it has size
   * 1. The input is the first operand of both, the output the second of those that are kept.
   */
  static void divide(StridedArray out, StridedArray in, AxisSpace kept, AxisSpace folded) {
    var layout = in.layout();
    for (int axis = 0; axis < layout.rank(); axis++) {
      long size = layout.size(axis);
      if (size != 1 && out.layout().size(axis) == 1) {
        folded.add(size, layout.stride(axis), 0, 0);
      } else {
        kept.add(size, layout.stride(axis), out.layout().stride(axis), 0);
      }
    }
  }

  /**
   * Walks the fibres of up to three arrays along an axis: all other axes of the first.
   *
   * @param operation what errors call the operation
   * @param axis the axis; where there is none, fibres have one element
   */
  static AxisSpace fibres(
      Object operation,
      int axis,
      StridedArray first,
      StridedArray second,
      @Nullable StridedArray third) {
    var space = AxisSpace.of(operation, false);
    var layout = first.layout();
    for (int other = 0; other < layout.rank(); other++) {
      if (other != axis) {
        space.add(
            layout.size(other), layout.stride(other), stride(second, other), stride(third, other));
      }
    }
    return space;
  }

  /** Walks all elements of up to three arrays of one shape, in row-major order where asked for. */
  static AxisSpace elements(
      Object operation,
      boolean ordered,
      StridedArray first,
      @Nullable StridedArray second,
      @Nullable StridedArray third) {
    var space = AxisSpace.of(operation, ordered);
    var layout = first.layout();
    for (int axis = 0; axis < layout.rank(); axis++) {
      space.add(layout.size(axis), layout.stride(axis), stride(second, axis), stride(third, axis));
    }
    return space;
  }

  /** Tells whether neighbouring fibres lie closer than neighbouring elements of one. */
  static boolean areFibresNeighbours(AxisSpace fibres, AxisSpace along) {
    return fibres.axes() > 0 && along.axes() > 0 && fibres.stride(0, 0) < along.stride(0, 0);
  }
}
