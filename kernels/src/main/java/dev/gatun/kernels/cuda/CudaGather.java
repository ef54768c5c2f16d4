package dev.gatun.kernels.cuda;

import dev.gatun.memory.StridedArray;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Picks elements by index, one thread for each element of the output. Elements are moved by their
 * size alone. Those whose index is beyond the axis are left as they were, and told of.
 */
final class CudaGather {
  private static final String TEXT =
      """
      extern "C" __global__ void __launch_bounds__(256) ENTRY(
          ELEMENT *out, const ELEMENT *in, const long long *index, const struct gatun_space space,
          const long long count, const long long size, const long long in_along,
          const long long index_along, long long *fault, const long long number) {
        FOR_EACH {
          long long target, at, index_at;
          gatun_find(&space, i, &target, &at, &index_at);
          const long long wanted = index[index_at];
          const long long along = wanted < 0 ? wanted + size : wanted;
          if (along < 0 || along >= size) {
            gatun_fault(fault, number, wanted, index_along < 0 ? i
                : index_along > 0 ? index_at / index_along : 0);
          } else {
            out[target] = in[at + along * in_along];
          }
        }
      }
      """;

  private final Launcher launcher;
  private final ConcurrentHashMap<Integer, CudaKernel> kernels = new ConcurrentHashMap<>();

  CudaGather(Launcher launcher) {
    this.launcher = launcher;
  }

  /** See {@link dev.gatun.kernels.index.IndexKernels#indexSelect}. */
  void indexSelect(StridedArray out, StridedArray in, int axis, StridedArray index) {
    run("index_select", true, out, in, axis, index);
  }

  /** See {@link dev.gatun.kernels.index.IndexKernels#gather}. */
  void gather(StridedArray out, StridedArray in, int axis, StridedArray index) {
    run("gather", false, out, in, axis, index);
  }

  /** An index of slices has one axis, and is the same for all elements of a slice. */
  private void run(
      String operation,
      boolean slices,
      StridedArray out,
      StridedArray in,
      int axis,
      StridedArray index) {
    var layout = out.layout();
    if (layout.numel() == 0) {
      if (slices) {
        // No element is picked, but indices are checked all the same.
        IndexCheck.launch(launcher, operation, index, axis, in.layout().size(axis));
      }
      return;
    }
    var space = AxisSpace.of(operation, true);
    for (int other = 0; other < layout.rank(); other++) {
      long indexStride;
      if (slices) {
        indexStride = other == axis ? index.layout().stride(0) : 0;
      } else {
        indexStride = index.layout().stride(other);
      }
      space.add(
          layout.size(other),
          layout.stride(other),
          other == axis ? 0 : in.layout().stride(other),
          indexStride);
    }
    long size = in.layout().size(axis);
    var arguments =
        KernelArguments.begin()
            .array(out)
            .array(in)
            .array(index)
            .space(space)
            .int64(layout.numel())
            .int64(size)
            .int64(in.layout().stride(axis))
            .int64(slices ? index.layout().stride(0) : -1)
            .fault(launcher, Fault.index(operation).number(axis, size));
    var kernel = kernels.computeIfAbsent(out.dtype().byteSize(), CudaGather::make);
    launcher.launch(kernel, layout.numel(), arguments);
  }

  private static CudaKernel make(int byteSize) {
    return new KernelText("gather_" + 8 * byteSize, TEXT)
        .set("ELEMENT", KernelText.element(byteSize))
        .kernel();
  }
}
