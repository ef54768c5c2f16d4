package dev.gatun.bench.gpu;

import dev.gatun.memory.Device;

/** Something that has to be so on a device. */
interface DeviceCheck {

  /** What the check is called in reports and by {@code --only}. */
  String name();

  /**
   * Looks whether it is so.
   *
   * @param device a CUDA device
   * @return what was found; faults of what is checked are in it, and not thrown
   * @throws Exception when the check itself could not be done
   */
  CheckOutcome run(Device device) throws Exception;
}
