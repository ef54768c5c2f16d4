package dev.gatun.bindings.loading;

import java.util.List;

/** CUDA, or one of its libraries, cannot be used on this machine: why, and where was looked. */
public final class CudaUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** What is wrong. */
  public enum Kind {
    /** This is not Linux. */
    SYSTEM,
    /** The JVM was started so that native code may not be called. */
    DENIED,
    /** There is no driver. */
    NO_DRIVER,
    /** The driver is a stub, made for linking programs on machines that have none. */
    STUB,
    /** The driver does not start. */
    DRIVER_FAILED,
    /** The driver is older than CUDA 12. */
    DRIVER_TOO_OLD,
    /** The driver starts, and finds no device. */
    NO_DEVICE,
    /** A library is nowhere, or cannot be opened where it is. */
    MISSING,
    /** A library is there, but only of another version than the others. */
    MISMATCH
  }

  private final Kind kind;
  private final String reason;
  private final String advice;

  /** Serialisable: what {@code List.copyOf} returns is. */
  @SuppressWarnings("serial")
  private final List<Attempt> attempts;

  CudaUnavailableException(Kind kind, String reason, String advice, List<Attempt> attempts) {
    super(reason);
    this.kind = kind;
    this.reason = reason;
    this.advice = advice;
    this.attempts = List.copyOf(attempts);
  }

  private static String message(String reason, String advice, List<Attempt> attempts) {
    var text = new StringBuilder("CUDA is unavailable: ").append(reason);
    if (!attempts.isEmpty()) {
      text.append("; looked in");
      attempts.forEach(attempt -> text.append("\n  ").append(attempt));
    }
    return text.append("\n  ").append(advice).toString();
  }

  /**
   * Returns all of it: the reason, the places that were looked in, a line for each, and the advice.
   *
   * @return never null
   */
  @Override
  public String getMessage() {
    return message(reason, advice, attempts);
  }

  /**
   * Returns what is wrong.
   *
   * @return its kind
   */
  public Kind kind() {
    return kind;
  }

  /**
   * Returns what is wrong in a few words, on one line.
   *
   * @return for example {@code no NVIDIA driver}
   */
  public String reason() {
    return reason;
  }

  /**
   * Returns what to do about it.
   *
   * @return a sentence
   */
  public String advice() {
    return advice;
  }

  /**
   * Returns where was looked, in that order.
   *
   * @return the places, and what was wrong with each; empty where nothing had to be looked for
   */
  public List<Attempt> attempts() {
    return attempts;
  }
}
