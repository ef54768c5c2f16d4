package dev.gatun.nn.data;

import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import dev.gatun.nn.io.FileAccessException;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Reads CSV files (RFC 4180, UTF-8) into tables.
 *
 * {@snippet :
 * Table houses = CsvReader.withHeader().read(Path.of("houses.csv"));
 * Tensor prices = houses.column("price").toTensor(DType.INT64);
 * }
 *
 * <p>Cells that are empty, or {@code NA} or {@code NaN}, are missing. A column whose other cells
 * are all numbers is numeric, any other one is text. Empty lines are passed over. Readers are
 * immutable and thread-safe.
 */
public final class CsvReader {
  private final boolean header;
  private final char separator;

  private CsvReader(boolean header, char separator) {
    this.header = header;
    this.separator = separator;
  }

  /**
   * Returns a reader for files whose first line has the names of the columns.
   *
   * @return a reader of comma-separated files
   */
  public static CsvReader withHeader() {
    return new CsvReader(true, ',');
  }

  /**
   * Returns a reader for files without names; columns are called by their positions, from 0.
   *
   * @return a reader of comma-separated files
   */
  public static CsvReader withoutHeader() {
    return new CsvReader(false, ',');
  }

  /**
   * Returns a reader that takes another character for the boundary of cells.
   *
   * @param separator the character
   * @return a new reader
   */
  public CsvReader separator(char separator) {
    return new CsvReader(header, separator);
  }

  /**
   * Reads a file.
   *
   * @param file the file
   * @return its cells
   * @throws CsvException when a line has more or fewer cells than the first one, two columns have
   *     one name, a quotation does not end, or the file is not UTF-8
   * @throws FileAccessException when it cannot be read
   */
  public Table read(Path file) {
    // A reader of its own, since it refuses what is not UTF-8 where the library's would replace it.
    try (Reader text = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      return read(file, text);
    } catch (IOException e) {
      throw new FileAccessException("csv", file, e);
    }
  }

  /**
   * Reads text, such as a resource of the program.
   *
   * @param name what to call the text in messages
   * @param text the text; left open
   * @return its cells
   * @throws CsvException when the text is not well-formed
   * @throws FileAccessException when it cannot be read
   */
  public Table read(Path name, Reader text) {
    List<CsvRecord> records = new ArrayList<>();
    long line = 1;
    try (var reader =
            de.siegmar.fastcsv.reader.CsvReader.builder()
                .fieldSeparator(separator)
                .detectBomHeader(false)
                .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                .allowUnclosedQuote(false)
                .ofCsvRecord(text);
        CloseableIterator<CsvRecord> lines = reader.iterator()) {
      while (lines.hasNext()) {
        CsvRecord record = lines.next();
        line = record.getStartingLineNumber();
        records.add(record);
      }
    } catch (CsvParseException e) {
      throw malformed(name, line, e);
    } catch (UncheckedIOException e) {
      throw unreadable(name, line, Objects.requireNonNull(e.getCause()));
    } catch (IOException e) {
      throw unreadable(name, line, e);
    }
    return table(name, records);
  }

  private static CsvException malformed(Path name, long line, CsvParseException e) {
    if (e.getCause() instanceof CharacterCodingException) {
      return new CsvException(name, line, 0, null, "the text from here on is not UTF-8");
    }
    Throwable cause = e.getCause() == null ? e : e.getCause();
    CsvException problem =
        new CsvException(name, line, 0, null, "cannot be read: " + cause.getMessage());
    problem.initCause(e);
    return problem;
  }

  private static RuntimeException unreadable(Path name, long line, IOException e) {
    if (e instanceof CharacterCodingException) {
      return new CsvException(name, line, 0, null, "the text from here on is not UTF-8");
    }
    return new FileAccessException("csv", name, e);
  }

  private Table table(Path name, List<CsvRecord> records) {
    if (records.isEmpty()) {
      throw new CsvException(name, 1, 0, null, "the file is empty");
    }
    CsvRecord first = records.getFirst();
    int width = first.getFieldCount();
    List<String> names = header ? first.getFields() : positions(width);
    checkNames(name, first.getStartingLineNumber(), names);
    List<CsvRecord> rows = header ? records.subList(1, records.size()) : records;
    String[][] cells = new String[width][rows.size()];
    List<Long> lines = rows.stream().map(CsvRecord::getStartingLineNumber).toList();
    for (int row = 0; row < rows.size(); row++) {
      CsvRecord record = rows.get(row);
      if (record.getFieldCount() != width) {
        throw new CsvException(
            name,
            lines.get(row),
            Math.min(record.getFieldCount(), width) + 1,
            null,
            record.getFieldCount() + " cells; the first line has " + width);
      }
      for (int column = 0; column < width; column++) {
        cells[column][row] = record.getField(column);
      }
    }
    List<Column> columns = new ArrayList<>();
    for (int column = 0; column < width; column++) {
      columns.add(
          Column.parse(
              new Column.Origin(name, column + 1, lines), names.get(column), cells[column]));
    }
    return new Table(columns, lines.size());
  }

  private static List<String> positions(int width) {
    List<String> names = new ArrayList<>();
    for (int column = 0; column < width; column++) {
      names.add(Integer.toString(column));
    }
    return names;
  }

  private static void checkNames(Path file, long line, List<String> names) {
    Set<String> seen = new HashSet<>();
    for (int column = 0; column < names.size(); column++) {
      String name = names.get(column);
      if (!seen.add(name)) {
        throw new CsvException(file, line, column + 1, name, "a second column of this name");
      }
    }
  }
}
