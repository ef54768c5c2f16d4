package dev.gatun.memory;

/** Sizes, axes or strides of the operands do not fit the operation. */
public class ShapeException extends GatunException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes an exception with the given message.
   *
   * @param message the operation, the operands and the rule that was broken
   */
  public ShapeException(String message) {
    super(message);
  }
}
