package dev.gatun.memory;

/** An element type is not one that the operation accepts. */
public class DTypeException extends GatunException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes an exception with the given message.
   *
   * @param message the operation, the operands and the rule that was broken
   */
  public DTypeException(String message) {
    super(message);
  }
}
