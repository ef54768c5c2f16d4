package dev.gatun.nn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.autograd.Tensor;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import dev.gatun.nn.io.FileAccessException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableTest {
  private static final Path NAME = Path.of("text.csv");

  @TempDir Path folder;

  private static Table read(String text) {
    return CsvReader.withHeader().read(NAME, new StringReader(text));
  }

  @Test
  void theHouseTable() throws IOException {
    Path file = folder.resolve("house.csv");
    Files.writeString(
        file, "rooms,roof,price\nNA,NA,127500\n2,NA,106000\n4,Slate,178100\nNA,NA,140000\n");
    Table houses = CsvReader.withHeader().read(file);
    Table features = houses.drop("price").getDummies(true);
    features = features.fillna(features.mean());
    assertEquals(List.of("rooms", "roof_Slate", "roof_nan"), features.names());
    try (Scope scope = Scope.open()) {
      Tensor inputs = scope.keep(features.toTensor(DType.FLOAT64));
      Tensor target = houses.column("price").toTensor(houses.column("price").dtype());
      assertEquals(DType.FLOAT64, inputs.dtype());
      assertEquals(Shape.of(4, 3), inputs.shape());
      assertArrayEquals(new double[] {3, 0, 1, 2, 0, 1, 4, 1, 0, 3, 0, 1}, inputs.toDoubleArray());
      assertEquals(DType.INT64, target.dtype());
      assertArrayEquals(new long[] {127500, 106000, 178100, 140000}, target.toLongArray());
      inputs.close();
    }
  }

  @Test
  void columnsAreChosenByNameOrPosition() {
    Table table = read("a,b,c\n1,2,3\n4,5,6\n");
    assertEquals(List.of("c", "a"), table.select("c", "a").names());
    assertEquals(List.of("c", "a"), table.select(-1, 0).names());
    assertEquals(List.of("b"), table.drop(0, -1).names());
    assertEquals(List.of("a", "c"), table.drop("b").names());
    assertEquals("b", table.column(1).name());
    assertThrows(ArgumentException.class, () -> table.column("d"));
    assertThrows(ArgumentException.class, () -> table.column(3));
    assertThrows(ArgumentException.class, () -> table.drop(-4));
  }

  @Test
  void kindsFollowFromTheCells() {
    Table table = read("whole,real,gap,text\n1,1.5,,x\n-2,1e3,NA,7\n");
    assertEquals(DType.INT64, table.column("whole").dtype());
    assertEquals(DType.FLOAT64, table.column("real").dtype());
    assertTrue(table.column("gap").isMissing(0) && table.column("gap").isMissing(1));
    assertTrue(Double.isNaN(table.column("gap").mean()));
    assertFalse(table.column("text").isNumeric());
    assertEquals(2, table.rows());
    assertEquals(Map.of("whole", -0.5, "real", 500.75), finite(table.mean()));
  }

  private static Map<String, Double> finite(Map<String, Double> means) {
    means.values().removeIf(value -> Double.isNaN(value));
    return means;
  }

  @Test
  void largeWholeNumbersStayExact() {
    Table table = read("x\n9007199254740993\n-9223372036854775808\n");
    try (Tensor x = table.column("x").toTensor(DType.INT64)) {
      assertArrayEquals(new long[] {9007199254740993L, Long.MIN_VALUE}, x.toLongArray());
    }
  }

  @Test
  void dummiesOfMissingCellsAreOptional() {
    Table table = read("n,t\n1,b\n2,a\n3,\n").getDummies(false);
    assertEquals(List.of("n", "t_a", "t_b"), table.names());
    try (Tensor x = table.toTensor(DType.INT32)) {
      assertArrayEquals(new long[] {1, 0, 1, 2, 1, 0, 3, 0, 0}, x.toLongArray());
    }
  }

  @Test
  void filesWithoutNamesArePositions() {
    Table table = CsvReader.withoutHeader().separator(';').read(NAME, new StringReader("1;2\n3;4"));
    assertEquals(List.of("0", "1"), table.names());
    assertEquals(2, table.rows());
  }

  @Test
  void aBadCellIsNamedByFileLineAndColumn() {
    Table table = read("a,b\n1,2\n\n3,\"x\ny\"\n5,oops\n");
    var e = assertThrows(CsvException.class, () -> table.toTensor(DType.FLOAT32));
    assertEquals(4, e.line());
    assertEquals(2, e.column());
    assertEquals(NAME, e.file());
    Table simple = read("a,b\n1,2\n5,oops\n");
    var f = assertThrows(CsvException.class, () -> simple.column("b").toTensor(DType.FLOAT32));
    assertEquals("csv: text.csv, line 3, column 2 (b): 'oops' is not a number", f.getMessage());
  }

  @Test
  void javaSuffixesAreNoNumbers() {
    assertFalse(read("a\n1d\n").column(0).isNumeric());
    assertFalse(read("a\n1.5f\n").column(0).isNumeric());
    assertTrue(read("a\nInfinity\n").column(0).isNumeric());
  }

  @Test
  void missingAndBrokenNumbersAreNoIntegers() {
    Table table = read("a,b\n1,1.5\n,2\n");
    var e = assertThrows(CsvException.class, () -> table.column("a").toTensor(DType.INT64));
    assertEquals(
        "csv: text.csv, line 3, column 1 (a): a missing cell cannot be stored as int64",
        e.getMessage());
    var f = assertThrows(CsvException.class, () -> table.column("b").toTensor(DType.INT64));
    assertEquals(2, f.line());
    Table filled = read("t\nx\n").getDummies(true).fillna(0.5);
    assertEquals(List.of("t_x", "t_nan"), filled.names());
  }

  @Test
  void raggedLinesAreRefused() {
    var shorter = assertThrows(CsvException.class, () -> read("a,b\n1,2\n3\n"));
    assertEquals(3, shorter.line());
    assertTrue(shorter.getMessage().contains("1 cells; the first line has 2"));
    var longer = assertThrows(CsvException.class, () -> read("a,b\n1,2,3\n"));
    assertEquals(2, longer.line());
    assertEquals(3, longer.column());
  }

  @Test
  void whatIsNoTableIsRefused() throws IOException {
    assertThrows(CsvException.class, () -> read(""));
    var twice = assertThrows(CsvException.class, () -> read("a,a\n1,2\n"));
    assertTrue(twice.getMessage().contains("line 1, column 2 (a): a second column"));
    var open = assertThrows(CsvException.class, () -> read("a\n1\n\"2\n"));
    assertTrue(open.line() >= 2, open.getMessage());
    Path latin =
        Files.write(
            folder.resolve("latin.csv"), "a\n\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
    var bytes = assertThrows(CsvException.class, () -> CsvReader.withHeader().read(latin));
    assertTrue(bytes.getMessage().contains("not UTF-8"), bytes.getMessage());
    Path missing = folder.resolve("missing.csv");
    assertThrows(FileAccessException.class, () -> CsvReader.withHeader().read(missing));
  }

  @Test
  void aHeaderAloneIsATableWithoutRows() {
    Table table = read("a,b\n");
    assertEquals(0, table.rows());
    try (Tensor x = table.toTensor(DType.FLOAT32)) {
      assertEquals(Shape.of(0, 2), x.shape());
    }
  }
}
