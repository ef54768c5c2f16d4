package dev.gatun.kernels.order;

import dev.gatun.kernels.specialize.Specialization;
import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import org.jspecify.annotations.Nullable;

/**
 * Finds positions in lines of one element type by comparing elements where they are. Offsets and
 * strides are in bytes. Holds no state: any thread may use it.
 */
abstract class LineKernel {
  private static final @Nullable LineKernel[] KNOWN = new LineKernel[DType.values().length];

  LineKernel() {}

  /** Made when first needed. Two threads may make the same one; either will do. */
  static LineKernel of(DType type) {
    LineKernel kernel = KNOWN[type.ordinal()];
    if (kernel == null) {
      kernel =
          Specialization.instantiate(
              MethodHandles.lookup(), LineKernelOfType.class, LineKernel.class, type);
      KNOWN[type.ordinal()] = kernel;
    }
    return kernel;
  }

  /**
   * Finds for each element where the largest, or the smallest, one up to there is: the last of
   * equals, and of NaN if there is one.
   */
  abstract void running(
      MemorySegment in,
      long start,
      long stride,
      int length,
      MemorySegment out,
      long outStart,
      long outStride,
      boolean largest);

  /**
   * Finds how many elements of an ascending line are less than each of some values, or not greater;
   * all of them come before NaN.
   */
  abstract void search(
      MemorySegment sorted,
      long start,
      long stride,
      int length,
      MemorySegment values,
      long valueStart,
      long valueStride,
      int count,
      MemorySegment out,
      long outStart,
      long outStride,
      boolean right);
}
