package dev.gatun.nn.io;

import dev.gatun.memory.GatunException;
import java.nio.file.Path;

/** A file's contents are not what its format prescribes, or contradict themselves. */
public class FileFormatException extends GatunException {
  private static final long serialVersionUID = 1L;

  private final transient Path file;

  /**
   * Makes an exception about a place in a file.
   *
   * @param format the name of the format, to begin the message with
   * @param file the file
   * @param place where in the file, for example {@code byte 16}
   * @param problem what was found there, and what the format prescribes
   */
  public FileFormatException(String format, Path file, String place, String problem) {
    super(format + ": " + file + ", " + place + ": " + problem);
    this.file = file;
  }

  /**
   * Makes an exception about a byte of a file.
   *
   * @param format the name of the format, to begin the message with
   * @param file the file
   * @param offset the position of the first byte that is wrong, from 0
   * @param problem what was found there, and what the format prescribes
   * @return the exception, to be thrown
   */
  public static FileFormatException atByte(String format, Path file, long offset, String problem) {
    return new FileFormatException(format, file, "byte " + offset, problem);
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
