package dev.gatun.memory;

/**
 * A write into existing storage was refused because it could not be right: the storage is
 * read-only, several elements share one address, or a gradient still depends on the old values.
 */
public class InPlaceException extends GatunException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes an exception with the given message.
   *
   * @param message the operation, the operands and the rule that was broken
   */
  public InPlaceException(String message) {
    super(message);
  }
}
