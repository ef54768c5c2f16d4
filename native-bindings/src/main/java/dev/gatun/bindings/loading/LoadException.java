package dev.gatun.bindings.loading;

/** A library cannot be opened, or does not answer as it should. */
final class LoadException extends Exception {
  private static final long serialVersionUID = 1;

  private final String reason;

  LoadException(String reason) {
    super(reason);
    this.reason = reason;
  }

  /** What is wrong; where it is the system's loader that refuses, in its words. */
  String reason() {
    return reason;
  }
}
