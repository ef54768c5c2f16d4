package dev.gatun.bench.fork;

import java.io.IOException;

/** A forked JVM ended in failure; the message has what it wrote to its error output. */
public final class ForkFailedException extends IOException {

  private static final long serialVersionUID = 1L;

  /**
   * Makes the exception.
   *
   * @param status the process's exit status
   * @param errorOutput what it wrote to standard error
   */
  public ForkFailedException(int status, String errorOutput) {
    super("a forked JVM ended with status " + status + ": " + errorOutput.strip());
  }
}
