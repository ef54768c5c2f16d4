package dev.gatun.kernels.cuda;

import dev.gatun.memory.StridedArray;

/** Moves the elements of an array to a row, in row-major order, by their size alone. */
final class Rearrangement {
  private static final String TEXT =
      """
      extern "C" __global__ void __launch_bounds__(256) ENTRY(
          ELEMENT *out, const ELEMENT *in, const struct gatun_space space,
          const long long count) {
        FOR_EACH {
          long long at, unused, unneeded;
          gatun_find(&space, i, &at, &unused, &unneeded);
          out[i] = in[at];
        }
      }
      """;

  private static final CudaKernel[] KERNELS = {make(1), make(2), make(4), make(8)};

  private Rearrangement() {}

  /**
   * Moves elements.
   *
   * @param row contiguous, of the type and the number of elements of {@code in}
   * @param in any layout
   */
  static void toRow(Launcher launcher, String operation, StridedArray row, StridedArray in) {
    long count = in.layout().numel();
    if (count == 0) {
      return;
    }
    var arguments =
        KernelArguments.begin()
            .array(row)
            .array(in)
            .space(Operands.elements(operation, true, in, null, null))
            .int64(count);
    var kernel = KERNELS[in.dtype().byteShift()];
    launcher.launch(kernel, count, arguments);
  }

  private static CudaKernel make(int byteSize) {
    return new KernelText("to_row_" + 8 * byteSize, TEXT)
        .set("ELEMENT", KernelText.element(byteSize))
        .kernel();
  }
}
