package dev.gatun.memory;

/** Elements that are on a device were asked for on the host, which cannot read them there. */
public final class HostAccessException extends DeviceException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes an exception with the given message.
   *
   * @param message where the elements are, and what to do
   */
  public HostAccessException(String message) {
    super(message);
  }
}
