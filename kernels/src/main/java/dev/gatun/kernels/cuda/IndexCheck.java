package dev.gatun.kernels.cuda;

import dev.gatun.memory.StridedArray;

/** Checks indices that no other kernel reads. */
final class IndexCheck {
  private static final String TEXT =
      """
      extern "C" __global__ void __launch_bounds__(256) ENTRY(
          const long long *index, const struct gatun_space space, const long long count,
          const long long size, long long *fault, const long long number) {
        FOR_EACH {
          long long at, unused, unneeded;
          gatun_find(&space, i, &at, &unused, &unneeded);
          if (index[at] < -size || index[at] >= size) {
            gatun_fault(fault, number, index[at], i);
          }
        }
      }
      """;

  private static final CudaKernel KERNEL = new KernelText("check_index", TEXT).kernel();

  private IndexCheck() {}

  /** Checks all indices. */
  static void launch(Launcher launcher, String operation, StridedArray index, int axis, long size) {
    long count = index.layout().numel();
    if (count == 0) {
      return;
    }
    var arguments =
        KernelArguments.begin()
            .array(index)
            .space(Operands.elements(operation, true, index, null, null))
            .int64(count)
            .int64(size)
            .fault(launcher, Fault.index(operation).number(axis, size));
    launcher.launch(KERNEL, count, arguments);
  }
}
