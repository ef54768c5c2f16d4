package dev.gatun.autograd.check;

import dev.gatun.memory.GatunException;

/** A check has found something wrong. */
public class CheckException extends GatunException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes an exception with the given message.
   *
   * @param message what was expected, what was found, and where
   */
  public CheckException(String message) {
    super(message);
  }
}
