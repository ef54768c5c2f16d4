package dev.gatun.autograd;

import dev.gatun.memory.GatunException;

/** A backward pass, or the asking for a gradient, is not possible. */
public class GradientException extends GatunException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes an exception with the given message.
   *
   * @param message the operation and the rule that was broken
   */
  public GradientException(String message) {
    super(message);
  }
}
