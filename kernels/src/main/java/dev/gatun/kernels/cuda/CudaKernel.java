package dev.gatun.kernels.cuda;

/**
 * A kernel and the program that it is in. Launchers keep what they load for a kernel by its
 * identity, so whoever launches a kernel keeps this.
 */
final class CudaKernel {
  private final CudaText program;
  private final String entry;

  /**
   * Names a kernel.
   *
   * @param program the program
   * @param entry the kernel's name, one of the program's entries
   */
  CudaKernel(CudaText program, String entry) {
    this.program = program;
    this.entry = entry;
  }

  CudaText program() {
    return program;
  }

  String entry() {
    return entry;
  }

  @Override
  public String toString() {
    return entry;
  }
}
