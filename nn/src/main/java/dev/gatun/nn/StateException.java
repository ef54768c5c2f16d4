package dev.gatun.nn;

import dev.gatun.memory.GatunException;

/** Saved tensors do not fit what they are to be loaded into. Nothing has been changed. */
public class StateException extends GatunException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes an exception with the given message.
   *
   * @param message the operation and each name that is missing, unexpected or of another shape
   */
  public StateException(String message) {
    super(message);
  }
}
