package dev.gatun.memory;

/** Handles outlived the span in which they should have been closed. */
public class LeakException extends GatunException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes an exception with the given message.
   *
   * @param message the operation, the operands and the rule that was broken
   */
  public LeakException(String message) {
    super(message);
  }
}
