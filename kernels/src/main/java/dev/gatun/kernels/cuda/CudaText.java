package dev.gatun.kernels.cuda;

import java.util.List;

/**
 * A program for NVRTC: kernels, and the functions that they call. Equal kernels give equal texts,
 * so that a text, with the options, may be the key of what was compiled of it.
 *
 * @param entries the names of the kernels
 * @param text the program in CUDA C
 */
record CudaText(List<String> entries, String text) {
  /**
   * How every program is compiled. Arithmetic is that of IEEE 754: nothing is contracted that a
   * formula has not contracted itself, subnormal numbers are kept, and division and square root are
   * rounded correctly. So results have the bits that the CPU gives them.
   */
  static final List<String> OPTIONS =
      List.of("--std=c++17", "--fmad=false", "--ftz=false", "--prec-div=true", "--prec-sqrt=true");

  /** Copies the list. */
  CudaText {
    entries = List.copyOf(entries);
  }

  /** A program of one kernel. */
  static CudaText of(PointwiseSource kernel) {
    return of(List.of(kernel));
  }

  /** A program of several kernels, whose names differ. */
  static CudaText of(List<PointwiseSource> kernels) {
    var text = new StringBuilder();
    for (var kernel : kernels) {
      text.append(text.isEmpty() ? "" : "\n").append(kernel.text());
    }
    return new CudaText(
        kernels.stream().map(PointwiseSource::entry).toList(),
        DeviceFunctions.neededBy(text.toString()) + text);
  }
}
