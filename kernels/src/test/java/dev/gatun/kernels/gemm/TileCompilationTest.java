package dev.gatun.kernels.gemm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.kernels.CompilationLog;
import dev.gatun.kernels.VectorProvider;
import dev.gatun.memory.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A method that is too large for the first compiler stays slow for ever, because users set no
 * flags. One that takes more nodes than the optimizing compiler allows before it optimizes for the
 * first time has some of its calls inlined later, and then keeps sums as objects. So a virtual
 * machine of its own, in which vectors of several widths have been seen, reports what it compiles
 * while it warms up.
 */
class TileCompilationTest {
  private static final Set<String> ARITHMETIC = Set.of("lanewise", "lanewiseTemplate", "check");

  static List<Integer> widths() {
    return VectorProvider.availableWidths();
  }

  @ParameterizedTest
  @MethodSource("widths")
  void everyTilePassesThroughBothCompilers(int bits, @TempDir Path folder)
      throws IOException, InterruptedException {
    var log = folder.resolve("compilation.xml");
    String output = CompilationLog.record(log, TileCompilationTest.class, String.valueOf(bits));
    assertEquals("", skippedLines(output));
    assertTrue(output.contains("FloatColumnsTile"), "no tile was compiled");
    assertEquals(bits < 512, output.contains("FloatRowsPackedTile"), "packed tiles");
    assertEquals(Set.of(), tilesOverBudget(log));
  }

  /** Finds tiles of which a sum's arithmetic was left for after the first optimization. */
  private static Set<String> tilesOverBudget(Path log) throws IOException {
    var found = new TreeSet<String>();
    var names = new HashMap<String, String>();
    String tile = "";
    try (var lines = Files.newBufferedReader(log)) {
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("<task ")) {
          var compiled = attribute(line, "method");
          tile = isOfProducts(compiled) && compiled.contains("Tile") ? compiled : "";
          names.clear();
        } else if (line.startsWith("<method ")) {
          names.put(attribute(line, "id"), attribute(line, "name"));
        } else if (!tile.isEmpty()
            && line.startsWith("<late_inline ")
            && ARITHMETIC.contains(names.getOrDefault(attribute(line, "method"), ""))) {
          found.add(tile.substring(0, tile.indexOf('/')));
        }
      }
    }
    return found;
  }

  private static boolean isOfProducts(String line) {
    return line.contains("gemm") || line.contains("packed");
  }

  /** Returns an attribute; of a line that was cut off when the machine ended, what is there. */
  private static String attribute(String line, String name) {
    int start = line.indexOf(" " + name + "='") + name.length() + 3;
    int end = line.indexOf('\'', Math.min(start, line.length()));
    return line.substring(Math.min(start, line.length()), end < 0 ? line.length() : end);
  }

  private static String skippedLines(String output) {
    return output
        .lines()
        .filter(line -> line.contains("COMPILE SKIPPED") && isOfProducts(line))
        .filter(line -> !line.contains("concurrent class loading")) // and tried again
        .reduce("", (all, line) -> all + line + "\n");
  }

  /** Runs in the virtual machine of its own. */
  public static void main(String[] args) {
    int bits = Integer.parseInt(args[0]);
    ProductsOfOthers.multiply();
    long start = System.nanoTime();
    new Gemm(DType.FLOAT32, bits).warmUp();
    System.out.println("float: " + (System.nanoTime() - start) / 1_000_000 + " ms");
    new Gemm(DType.FLOAT64, bits).warmUp();
    System.out.println("both: " + (System.nanoTime() - start) / 1_000_000 + " ms");
  }
}
