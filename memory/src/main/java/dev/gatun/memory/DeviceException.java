package dev.gatun.memory;

import org.jspecify.annotations.Nullable;

/**
 * A device is not there or cannot be used, or operands are on different ones; the message gives the
 * reason and what was tried.
 */
public class DeviceException extends GatunException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes an exception with the given message.
   *
   * @param message what was asked for, what there is, and why it does not do
   */
  public DeviceException(String message) {
    super(message);
  }

  /**
   * Makes an exception with the given message and cause.
   *
   * @param message what was asked for, what there is, and why it does not do
   * @param cause what was caught, or null when there is none
   */
  public DeviceException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
