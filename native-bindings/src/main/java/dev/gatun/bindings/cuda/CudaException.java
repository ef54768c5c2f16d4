package dev.gatun.bindings.cuda;

/** A call of CUDA or of one of its libraries failed. */
public final class CudaException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final CudaStatus library;
  private final int code;
  private final String call;
  private final String message;

  CudaException(CudaStatus library, int code, String call, String message) {
    super(message);
    this.library = library;
    this.code = code;
    this.call = call;
    this.message = message;
  }

  /**
   * Returns the call with its arguments, the status's name and code, and the library's description.
   *
   * @return never null
   */
  @Override
  public String getMessage() {
    return message;
  }

  /**
   * Returns whose call it was.
   *
   * @return the library, as the one whose status codes these are
   */
  public CudaStatus library() {
    return library;
  }

  /**
   * Returns the status that the call returned.
   *
   * @return the code, never 0
   */
  public int code() {
    return code;
  }

  /**
   * Returns the call that failed.
   *
   * @return the name of the C function
   */
  public String call() {
    return call;
  }

  /**
   * Tells whether memory of the device, or of the host for its sake, ran out.
   *
   * @return whether freeing some and calling again may help
   */
  public boolean isOutOfMemory() {
    return library.isOutOfMemory(code);
  }

  /**
   * Tells whether the device's context is lost: every later call of this process fails too.
   *
   * @return whether the JVM has to be started again before the device can be used
   */
  public boolean isFatal() {
    return library.isFatal(code);
  }
}
