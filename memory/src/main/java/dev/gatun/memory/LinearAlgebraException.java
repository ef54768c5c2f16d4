package dev.gatun.memory;

/** A matrix has not the property that a decomposition or a solution rests on. */
public class LinearAlgebraException extends GatunException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes an exception with the given message.
   *
   * @param message the operation, the matrix and what it lacks
   */
  public LinearAlgebraException(String message) {
    super(message);
  }
}
