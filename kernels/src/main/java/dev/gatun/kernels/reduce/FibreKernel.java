package dev.gatun.kernels.reduce;

/**
 * Computes along fibres: the elements that differ in one index only.
 *
 * <p>Implementations hold no state and may run on several threads.
 */
abstract class FibreKernel {
  /**
   * Computes neighbouring fibres.
   *
   * @param fibres the operands, and how elements and fibres follow each other
   * @param out where the first fibre of the output begins, in bytes
   * @param first where the first fibre of the first input begins, in bytes
   * @param second where the first fibre of the second input begins, in bytes
   * @param count the number of fibres, at least 1
   */
  abstract void run(Fibres fibres, long out, long first, long second, long count);
}
