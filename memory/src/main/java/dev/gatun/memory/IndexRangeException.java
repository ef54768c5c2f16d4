package dev.gatun.memory;

/** An index or a range lies outside the axis that it addresses. */
public class IndexRangeException extends GatunException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes an exception with the given message.
   *
   * @param message the operation, the operands and the rule that was broken
   */
  public IndexRangeException(String message) {
    super(message);
  }
}
