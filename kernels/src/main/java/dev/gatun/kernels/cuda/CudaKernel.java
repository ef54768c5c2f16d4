package dev.gatun.kernels.cuda;

/**
 * A kernel and the program that it is in. Launchers keep what they load for a kernel by its
 * identity, so whoever launches a kernel keeps this.
 */
final class CudaKernel {
  private final String operation;
  private final CudaText program;
  private final String entry;

  /**
   * Names a kernel.
   *
   * @param operation what errors call it
   * @param program the program
   * @param entry the kernel's name, one of the program's entries
   */
  CudaKernel(String operation, CudaText program, String entry) {
    this.operation = operation;
    this.program = program;
    this.entry = entry;
  }

  String operation() {
    return operation;
  }

  CudaText program() {
    return program;
  }

  String entry() {
    return entry;
  }

  @Override
  public String toString() {
    return operation;
  }
}
