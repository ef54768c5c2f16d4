package dev.gatun.memory;

/**
 * An argument other than a shape, an element type or an index has a value that the operation does
 * not accept.
 */
public class ArgumentException extends GatunException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes an exception with the given message.
   *
   * @param message the operation, the operands and the rule that was broken
   */
  public ArgumentException(String message) {
    super(message);
  }
}
