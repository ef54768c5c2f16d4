package dev.gatun.kernels.cuda;

/** What makes programs ready for a device. Safe for use by several threads. */
interface ProgramCompiler {
  /** The compiler and its version: others may compile the same program otherwise. */
  String version();

  /**
   * Compiles a program.
   *
   * @param program the program; its kernels keep their names
   * @param capability the compute capability of the device: 90 for an H200
   * @return what a module can be loaded from
   */
  byte[] compile(CudaText program, int capability);
}
