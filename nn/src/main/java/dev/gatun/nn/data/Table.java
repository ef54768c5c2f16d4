package dev.gatun.nn.data;

import dev.gatun.autograd.Tensor;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Named columns of equal length, as read by {@link CsvReader}. Immutable: every method that changes
 * something returns a new table, which shares the columns that stay as they are.
 */
public final class Table {
  private final List<Column> columns;
  private final int rows;

  Table(List<Column> columns, int rows) {
    this.columns = List.copyOf(columns);
    this.rows = rows;
  }

  /**
   * Returns the number of rows.
   *
   * @return the number, without the line of names
   */
  public int rows() {
    return rows;
  }

  /**
   * Returns the columns.
   *
   * @return the columns from left to right
   */
  public List<Column> columns() {
    return columns;
  }

  /**
   * Returns the names of the columns.
   *
   * @return the names from left to right
   */
  public List<String> names() {
    return columns.stream().map(Column::name).toList();
  }

  /**
   * Returns a column by its name.
   *
   * @param name the name
   * @return the column
   * @throws ArgumentException when there is no such column
   */
  public Column column(String name) {
    for (Column column : columns) {
      if (column.name().equals(name)) {
        return column;
      }
    }
    throw new ArgumentException("table: no column '" + name + "' among " + names());
  }

  /**
   * Returns a column by its position.
   *
   * @param position the position from 0; negative ones count from the right
   * @return the column
   * @throws ArgumentException when there is no such column
   */
  public Column column(int position) {
    if (position < -columns.size() || position >= columns.size()) {
      throw new ArgumentException(
          "table: no column " + position + " among " + columns.size() + " columns");
    }
    return columns.get(position < 0 ? position + columns.size() : position);
  }

  /**
   * Returns some columns, in the order given.
   *
   * @param names their names
   * @return a new table
   * @throws ArgumentException when there is no such column
   */
  public Table select(String... names) {
    List<Column> chosen = new ArrayList<>();
    for (String name : names) {
      chosen.add(column(name));
    }
    return new Table(chosen, rows);
  }

  /**
   * Returns some columns, in the order given.
   *
   * @param positions their positions from 0; negative ones count from the right
   * @return a new table
   * @throws ArgumentException when there is no such column
   */
  public Table select(int... positions) {
    List<Column> chosen = new ArrayList<>();
    for (int position : positions) {
      chosen.add(column(position));
    }
    return new Table(chosen, rows);
  }

  /**
   * Returns all columns but some.
   *
   * @param names the names of those to leave out
   * @return a new table
   * @throws ArgumentException when there is no such column
   */
  public Table drop(String... names) {
    return without(select(names).columns);
  }

  /**
   * Returns all columns but some.
   *
   * @param positions the positions of those to leave out, from 0; negative ones count from the
   *     right
   * @return a new table
   * @throws ArgumentException when there is no such column
   */
  public Table drop(int... positions) {
    return without(select(positions).columns);
  }

  private Table without(List<Column> dropped) {
    Set<Column> out = Set.copyOf(dropped);
    return new Table(columns.stream().filter(column -> !out.contains(column)).toList(), rows);
  }

  /**
   * Replaces every column of text by columns of 0 and 1, one for each text that occurs, named
   * {@code column_text}, in alphabetic order.
   *
   * @param dummyNa whether missing cells have a column too, {@code column_nan}, the last one;
   *     without it they are 0 in all columns
   * @return a new table
   */
  public Table getDummies(boolean dummyNa) {
    List<Column> result = new ArrayList<>();
    for (Column column : columns) {
      result.addAll(column.dummies(dummyNa));
    }
    return new Table(result, rows);
  }

  /**
   * Returns the means of the numeric columns, over the cells that are not missing.
   *
   * @return the means by name, from left to right; NaN where all cells are missing
   */
  public Map<String, Double> mean() {
    Map<String, Double> means = new LinkedHashMap<>();
    for (Column column : columns) {
      if (column.isNumeric()) {
        means.put(column.name(), column.mean());
      }
    }
    return means;
  }

  /**
   * Replaces missing numbers.
   *
   * @param value what to put in their place
   * @return a new table
   */
  public Table fillna(double value) {
    return new Table(columns.stream().map(column -> column.fillna(value)).toList(), rows);
  }

  /**
   * Replaces missing numbers by a value for each column: {@code table.fillna(table.mean())}.
   *
   * @param values what to put in their place, by the name of the column; columns without a value
   *     stay as they are
   * @return a new table
   * @throws ArgumentException when there is no such column
   */
  public Table fillna(Map<String, Double> values) {
    values.keySet().forEach(this::column);
    return new Table(
        columns.stream()
            .map(column -> column.fillna(values.getOrDefault(column.name(), Double.NaN)))
            .toList(),
        rows);
  }

  /**
   * Copies the numbers to a matrix. Missing ones are NaN.
   *
   * @param dtype the type of the elements
   * @return a new tensor, [rows, columns]
   * @throws CsvException when a cell is no number, or is missing or no whole number where the type
   *     is integral
   */
  public Tensor toTensor(DType dtype) {
    columns.forEach(column -> column.checkNumbers(dtype));
    Tensor result = HostTensors.allocate(dtype, Shape.of(rows, columns.size()));
    for (int column = 0; column < columns.size(); column++) {
      columns.get(column).store(result.segment(), dtype, column, columns.size());
    }
    return result;
  }

  @Override
  public String toString() {
    return "Table[" + rows + " rows, " + columns + "]";
  }
}
