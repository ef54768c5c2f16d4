package dev.gatun.memory;

/**
 * A step could not be captured as a plan, or a plan could not be replayed: the step looked at
 * elements on the host, the plan is closed, in use by another thread, or was given inputs of
 * another shape.
 */
public class PlanException extends GatunException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes an exception with the given message.
   *
   * @param message the operation, what stood in its way, and the rule that was broken
   */
  public PlanException(String message) {
    super(message);
  }

  /**
   * Makes an exception with the given message and cause.
   *
   * @param message the operation, what stood in its way, and the rule that was broken
   * @param cause what went wrong beneath
   */
  public PlanException(String message, Throwable cause) {
    super(message, cause);
  }
}
