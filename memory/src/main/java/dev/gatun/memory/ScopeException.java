package dev.gatun.memory;

/** A {@link Scope} was used by a thread other than its own, or closed out of order. */
public class ScopeException extends GatunException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes an exception with the given message.
   *
   * @param message the operation, the operands and the rule that was broken
   */
  public ScopeException(String message) {
    super(message);
  }
}
