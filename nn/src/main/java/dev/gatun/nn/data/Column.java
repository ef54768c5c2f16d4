package dev.gatun.nn.data;

import dev.gatun.autograd.Tensor;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.Shape;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One column of a {@link Table}: a name, and numbers or text. Immutable.
 *
 * <p>Whole numbers are kept exactly, as longs, in a column where every cell is one; elsewhere
 * numbers are doubles, and missing ones NaN.
 */
public final class Column {
  /**
   * Where the cells were read.
   *
   * @param file the file
   * @param column the position of the column there, from 1
   * @param lines the line of each row, from 1
   */
  record Origin(Path file, int column, List<Long> lines) {}

  private final @Nullable Origin origin;
  private final String name;
  private final long @Nullable [] integers;
  private final double @Nullable [] numbers;
  private final @Nullable String @Nullable [] texts;

  private Column(
      @Nullable Origin origin,
      String name,
      long @Nullable [] integers,
      double @Nullable [] numbers,
      @Nullable String @Nullable [] texts) {
    this.origin = origin;
    this.name = name;
    this.integers = integers;
    this.numbers = numbers;
    this.texts = texts;
  }

  static Column ofIntegers(String name, long[] values) {
    return new Column(null, name, values, null, null);
  }

  static Column ofNumbers(@Nullable Origin origin, String name, double[] values) {
    return new Column(origin, name, null, values, null);
  }

  /** Makes a column of the narrowest kind that holds all cells. */
  static Column parse(Origin origin, String name, String[] cells) {
    long[] integers = parseIntegers(cells);
    if (integers != null) {
      return new Column(origin, name, integers, null, null);
    }
    double[] numbers = new double[cells.length];
    for (int row = 0; row < cells.length; row++) {
      Double number = isMissing(cells[row]) ? Double.valueOf(Double.NaN) : parseNumber(cells[row]);
      if (number == null) {
        return new Column(origin, name, null, null, texts(cells));
      }
      numbers[row] = number;
    }
    return new Column(origin, name, null, numbers, null);
  }

  private static long @Nullable [] parseIntegers(String[] cells) {
    long[] integers = new long[cells.length];
    for (int row = 0; row < cells.length; row++) {
      try {
        integers[row] = Long.parseLong(cells[row].strip());
      } catch (NumberFormatException _) {
        return null;
      }
    }
    return integers;
  }

  /** Returns the number a cell holds, or null when it holds none. */
  private static @Nullable Double parseNumber(String cell) {
    String text = cell.strip();
    // Java's own suffixes are no part of a number in a file.
    if (text.isEmpty() || "dDfF".indexOf(text.charAt(text.length() - 1)) >= 0) {
      return null;
    }
    try {
      return Double.valueOf(text);
    } catch (NumberFormatException _) {
      return null;
    }
  }

  private static @Nullable String[] texts(String[] cells) {
    @Nullable String[] texts = new @Nullable String[cells.length];
    for (int row = 0; row < cells.length; row++) {
      texts[row] = isMissing(cells[row]) ? null : cells[row];
    }
    return texts;
  }

  private static boolean isMissing(String cell) {
    String text = cell.strip();
    return text.isEmpty() || text.equals("NA") || text.equals("NaN");
  }

  /**
   * Returns the name.
   *
   * @return the name; the position, from 0, for a file without names
   */
  public String name() {
    return name;
  }

  /**
   * Returns the number of rows.
   *
   * @return the number of cells
   */
  public int size() {
    return integers != null
        ? integers.length
        : numbers != null ? numbers.length : texts != null ? texts.length : 0;
  }

  /**
   * Tells whether the cells are numbers.
   *
   * @return false for a column of text
   */
  public boolean isNumeric() {
    return texts == null;
  }

  /**
   * Returns the type that holds the numbers exactly.
   *
   * @return int64 where all cells are whole numbers, else float64
   * @throws CsvException when a cell is no number
   */
  public DType dtype() {
    requireNumbers();
    return integers != null ? DType.INT64 : DType.FLOAT64;
  }

  /**
   * Tells whether a cell is missing.
   *
   * @param row its row, from 0
   * @return whether it is
   */
  public boolean isMissing(int row) {
    if (texts != null) {
      return texts[row] == null;
    }
    return numbers != null && Double.isNaN(numbers[row]);
  }

  /**
   * Returns the mean of the numbers that are not missing.
   *
   * @return the mean; NaN when all are missing
   * @throws CsvException when a cell is no number
   */
  public double mean() {
    requireNumbers();
    double sum = 0;
    int count = 0;
    for (int row = 0; row < size(); row++) {
      double value = number(row);
      if (!Double.isNaN(value)) {
        sum += value;
        count++;
      }
    }
    return sum / count;
  }

  private double number(int row) {
    return integers != null ? integers[row] : numbers != null ? numbers[row] : Double.NaN;
  }

  /** Returns this column with missing numbers replaced. */
  Column fillna(double value) {
    if (numbers == null || Double.isNaN(value)) {
      return this;
    }
    double[] filled = numbers.clone();
    for (int row = 0; row < filled.length; row++) {
      if (Double.isNaN(filled[row])) {
        filled[row] = value;
      }
    }
    return ofNumbers(origin, name, filled);
  }

  /**
   * Returns a column of 0 and 1 for each text that occurs, in alphabetic order, and for missing
   * ones.
   */
  List<Column> dummies(boolean dummyNa) {
    if (texts == null) {
      return List.of(this);
    }
    Set<String> categories = new LinkedHashSet<>();
    List<String> present = new ArrayList<>();
    for (String text : texts) {
      if (text != null) {
        present.add(text);
      }
    }
    present.sort(null);
    categories.addAll(present);
    List<Column> columns = new ArrayList<>();
    for (String category : categories) {
      columns.add(indicator(name + "_" + category, category));
    }
    if (dummyNa) {
      columns.add(indicator(name + "_nan", null));
    }
    return columns;
  }

  private Column indicator(String indicatorName, @Nullable String category) {
    long[] values = new long[size()];
    for (int row = 0; row < values.length; row++) {
      String text = texts == null ? null : texts[row];
      values[row] = category == null ? (text == null ? 1 : 0) : category.equals(text) ? 1 : 0;
    }
    return ofIntegers(indicatorName, values);
  }

  /**
   * Copies the numbers to a vector.
   *
   * @param dtype the type of the elements
   * @return a new tensor, [rows]
   * @throws CsvException when a cell is no number, or is missing or no whole number where the type
   *     is integral
   */
  public Tensor toTensor(DType dtype) {
    checkNumbers(dtype);
    Tensor result = HostTensors.allocate(dtype, Shape.of(size()));
    store(result.segment(), dtype, 0, 1);
    return result;
  }

  /** Throws when a cell cannot be stored as an element of a type. */
  void checkNumbers(DType dtype) {
    requireNumbers();
    if (numbers == null || dtype.isFloatingPoint()) {
      return;
    }
    for (int row = 0; row < numbers.length; row++) {
      if (numbers[row] != Math.rint(numbers[row]) || Double.isInfinite(numbers[row])) {
        String found =
            Double.isNaN(numbers[row]) ? "a missing cell" : Double.toString(numbers[row]);
        throw problem(row, found + " cannot be stored as " + dtype);
      }
    }
  }

  /** Writes the numbers as elements at a distance from each other. */
  void store(MemorySegment target, DType dtype, long first, long stride) {
    for (int row = 0; row < size(); row++) {
      long offset = first + row * stride << dtype.byteShift();
      if (integers != null) {
        dtype.setLong(target, offset, integers[row]);
      } else {
        dtype.setDouble(target, offset, number(row));
      }
    }
  }

  private void requireNumbers() {
    if (texts == null) {
      return;
    }
    for (int row = 0; row < texts.length; row++) {
      String text = texts[row];
      if (text != null && parseNumber(text) == null) {
        String shown = text.length() <= 100 ? text : text.substring(0, 100) + "...";
        throw problem(row, "'" + shown + "' is not a number");
      }
    }
  }

  private RuntimeException problem(int row, String problem) {
    if (origin == null) {
      return new ArgumentException("table: column " + name + ", row " + row + ": " + problem);
    }
    return new CsvException(origin.file(), origin.lines().get(row), origin.column(), name, problem);
  }

  @Override
  public String toString() {
    String kind = integers != null ? "int64" : numbers != null ? "float64" : "text";
    return name + ": " + kind + "[" + size() + "]";
  }
}
