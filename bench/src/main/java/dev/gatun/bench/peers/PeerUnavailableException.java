package dev.gatun.bench.peers;

/** A peer cannot take part; the message says why, in words fit for the report. */
public final class PeerUnavailableException extends Exception {

  private static final long serialVersionUID = 1L;

  /**
   * Makes the exception.
   *
   * @param message what is missing and how to get it
   */
  public PeerUnavailableException(String message) {
    super(message);
  }

  /**
   * Makes the exception from what the loader reported.
   *
   * @param message what could not be done
   * @param cause the loader's error
   */
  public PeerUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
