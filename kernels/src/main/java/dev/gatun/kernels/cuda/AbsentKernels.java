package dev.gatun.kernels.cuda;

import dev.gatun.memory.Device;
import dev.gatun.memory.DeviceException;
import java.lang.reflect.Proxy;

/** Kernels that there are for the CPU, but not for CUDA: each call is refused, with their name. */
final class AbsentKernels {
  private AbsentKernels() {}

  /**
   * Makes a family that refuses every call.
   *
   * @param family the interface of the family
   * @param name what the family is called in messages
   * @param device the device
   */
  static <T> T of(Class<T> family, String name, Device device) {
    return family.cast(
        Proxy.newProxyInstance(
            AbsentKernels.class.getClassLoader(),
            new Class<?>[] {family},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "toString" -> name + " of " + device;
                  case "hashCode" -> System.identityHashCode(proxy);
                  case "equals" -> proxy == arguments[0];
                  default -> throw refusal(name + " (" + method.getName() + ")", device);
                }));
  }

  /**
   * Returns what is thrown for a kernel that there is not.
   *
   * @param kernel the family, and which of its kernels
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
