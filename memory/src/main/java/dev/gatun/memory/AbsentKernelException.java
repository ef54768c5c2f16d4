package dev.gatun.memory;

import org.jspecify.annotations.Nullable;

/**
 * A device has no kernel for an operation that the host has one for: the operands are to be copied
 * to the host, and the operation done there.
 */
public final class AbsentKernelException extends DeviceException {
  private static final long serialVersionUID = 1L;

  /** What there is no kernel for. */
  private final String operation;

  /**
   * Makes an exception.
   *
   * @param operation what there is no kernel for
   * @param reason why, in a few words
   * @param cause what was caught, or null when there is none
   */
  public AbsentKernelException(String operation, String reason, @Nullable Throwable cause) {
    super(
        operation
            + ": not on CUDA yet: "
            + reason
            + "; copy the operands with to(Device.CPU), and compute there",
        cause);
    this.operation = operation;
  }

  /**
   * Returns what there is no kernel for.
   *
   * @return the name of the operation or of the kernel
   */
  public String operation() {
    return operation;
  }
}
