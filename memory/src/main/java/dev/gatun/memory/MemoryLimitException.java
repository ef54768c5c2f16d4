package dev.gatun.memory;

import org.jspecify.annotations.Nullable;

/**
 * A pool cannot provide the memory asked for, because of its limit or because the operating system
 * refused.
 */
public class MemoryLimitException extends GatunException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes an exception with the given message.
   *
   * @param message what was asked for, what there is, and why it does not do
   */
  public MemoryLimitException(String message) {
    super(message);
  }

  /**
   * Makes an exception with the given message and cause.
   *
   * @param message what was asked for, what there is, and why it does not do
   * @param cause what was caught, or null when there is none
   */
  public MemoryLimitException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
