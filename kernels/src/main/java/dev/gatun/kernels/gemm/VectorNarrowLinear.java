package dev.gatun.kernels.gemm;

import dev.gatun.memory.DType;
import dev.gatun.memory.StridedArray;
import org.jspecify.annotations.Nullable;

/**
 * Layers with narrow weights, computed with vectors of one width.
 *
 * <p>This class may only be touched where the module {@code jdk.incubator.vector} is present.
 */
public final class VectorNarrowLinear implements NarrowLinearKernels {
  private final ScratchPool<NarrowLinearTask> bfloat16Tasks;
  private final ScratchPool<NarrowLinearTask> int8Tasks;

  /**
   * Makes the kernels for a width.
   *
   * @param vectorBits the width of a vector in bits: 128, 256 or 512
   */
  public VectorNarrowLinear(int vectorBits) {
    var bfloat16 = new NarrowKernels(vectorBits, DType.BFLOAT16);
    var int8 = new NarrowKernels(vectorBits, DType.INT8);
    bfloat16Tasks = new ScratchPool<>(() -> new NarrowLinearTask(bfloat16));
    int8Tasks = new ScratchPool<>(() -> new NarrowLinearTask(int8));
  }

  @Override
  public void linear(
      StridedArray out,
      StridedArray x,
      StridedArray weight,
      @Nullable StridedArray scales,
      @Nullable StridedArray bias) {
    if (out.layout().numel() == 0) {
      return;
    }
    if (x.dtype() != DType.FLOAT32) {
      ScalarNarrowLinear.instance().linear(out, x, weight, scales, bias);
      return;
    }
    var tasks = weight.dtype() == DType.INT8 ? int8Tasks : bfloat16Tasks;
    var task = tasks.take();
    try {
      if (task.suits(weight)) {
        task.set(out, x, weight, scales, bias);
        task.runAll();
      } else {
        ScalarNarrowLinear.instance().linear(out, x, weight, scales, bias);
      }
    } finally {
      task.clear();
      tasks.giveBack(task);
    }
  }
}
