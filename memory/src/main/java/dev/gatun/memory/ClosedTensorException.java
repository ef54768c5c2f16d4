package dev.gatun.memory;

/** A tensor was used after it had been closed, by its owner or with its scope. */
public class ClosedTensorException extends GatunException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes an exception with the given message.
   *
   * @param message the operation, the operands and the rule that was broken
   */
  public ClosedTensorException(String message) {
    super(message);
  }
}
