package dev.gatun.memory;

import org.jspecify.annotations.Nullable;

/**
 * The root of every exception that Gatun throws on purpose.
 *
 * <p>A message names the operation, describes the operands and states the rule that was broken, for
 * example {@code matmul: [2, 3] x [4, 5]: inner dimensions 3 and 4 differ}. Operands are unchanged
 * when an operation throws, unless its documentation says otherwise.
 */
public class GatunException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes an exception with the given message.
   *
   * @param message the operation, the operands and the rule that was broken
   */
  public GatunException(String message) {
    super(message);
  }

  /**
   * Makes an exception with the given message and cause.
   *
   * @param message the operation, the operands and the rule that was broken
   * @param cause what was caught, or null when there is none
   */
  public GatunException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
