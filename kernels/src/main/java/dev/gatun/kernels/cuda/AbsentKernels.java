package dev.gatun.kernels.cuda;

import dev.gatun.memory.Device;
import dev.gatun.memory.DeviceException;

/** Kernels that there are for the CPU, but not for CUDA: each call is refused, with their name. */
final class AbsentKernels {
  private AbsentKernels() {}

  /**
   * Returns what is thrown for a kernel that there is not.
   *
   * @param kernel which kernel
   * @param device the device
   */
  static DeviceException refusal(String kernel, Device device) {
    return new DeviceException(
        kernel
            + ": not on CUDA yet: no kernel for "
            + device
            + "; copy the operands with to(Device.CPU) and compute there");
  }
}
