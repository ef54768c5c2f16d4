package dev.gatun.nn.io;

import dev.gatun.memory.GatunException;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The operating system refused to read or write a file: it is missing, protected, or the disk full.
 */
public class FileAccessException extends GatunException {
  private static final long serialVersionUID = 1L;

  private final transient Path file;

  /**
   * Makes an exception from what the operating system said.
   *
   * @param operation what was being done, to begin the message with
   * @param file the file
   * @param cause what was thrown
   */
  public FileAccessException(String operation, Path file, IOException cause) {
    super(operation + ": " + file + ": " + reason(cause), cause);
    this.file = file;
  }

  private static String reason(IOException cause) {
    String kind = cause.getClass().getSimpleName();
    String message = cause.getMessage();
    return message == null ? kind : kind + ": " + message;
  }

  /**
   * Returns the file.
   *
   * @return its path, as it was given
   */
  public Path file() {
    return file;
  }
}
