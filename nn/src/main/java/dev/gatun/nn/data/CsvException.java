package dev.gatun.nn.data;

import dev.gatun.nn.io.FileFormatException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A CSV file has a cell or a line that cannot be read as what it should be. */
public final class CsvException extends FileFormatException {
  private static final long serialVersionUID = 1L;

  private final long line;
  private final int column;

  /**
   * Makes an exception about a cell.
   *
   * @param file the file
   * @param line the line in which the record starts, from 1
   * @param column the column, from 1; 0 when the whole line is meant
   * @param name the name of the column, or null when there is none
   * @param problem what was found there, and what was expected
   */
  public CsvException(Path file, long line, int column, @Nullable String name, String problem) {
    super("csv", file, place(line, column, name), problem);
    this.line = line;
    this.column = column;
  }

  private static String place(long line, int column, @Nullable String name) {
    String place = "line " + line;
    if (column > 0) {
      place += ", column " + column;
    }
    return name == null ? place : place + " (" + name + ")";
  }

  /**
   * Returns the line.
   *
   * @return the line in which the record starts, from 1
   */
  public long line() {
    return line;
  }

  /**
   * Returns the column.
   *
   * @return the column, from 1; 0 when the whole line is meant
   */
  public int column() {
    return column;
  }
}
