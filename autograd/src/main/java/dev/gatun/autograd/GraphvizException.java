package dev.gatun.autograd;

import dev.gatun.memory.GatunException;

/** A picture could not be drawn, because Graphviz is not there or has failed. */
public class GraphvizException extends GatunException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes an exception with the given message.
   *
   * @param message what was tried and what can be done
   */
  public GraphvizException(String message) {
    super(message);
  }

  /**
   * Makes an exception with the given message and cause.
   *
   * @param message what was tried and what can be done
   * @param cause what came of it
   */
  public GraphvizException(String message, Throwable cause) {
    super(message, cause);
  }
}
