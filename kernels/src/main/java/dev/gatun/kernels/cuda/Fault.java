package dev.gatun.kernels.cuda;

/**
 * What a kernel found wrong with its operands, as its operation says it. Kernels do not stop for
 * it: they leave the elements out, and the host is told when it next waits for the device.
 */
@FunctionalInterface
interface Fault {
  /** The function by which kernels tell; the first one to tell is heard. */
  String TEXT =
      """
      static __device__ __inline__ void gatun_fault(
          long long *fault, const long long number, const long long value, const long long index) {
        if (atomicCAS((unsigned long long *)fault, 0ULL, (unsigned long long)number) == 0ULL) {
          fault[1] = value;
          fault[2] = index;
        }
      }
      """;

  /**
   * Says what is wrong.
   *
   * @param value the element that is wrong
   * @param index the row-major index of that element
   * @return what is to be thrown
   */
  RuntimeException exception(long value, long index);
}
