package dev.gatun.kernels.gemm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.kernels.VectorProvider;
import dev.gatun.memory.DType;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A method that is too large for the first compiler stays slow for ever, because users set no
 * flags. So a virtual machine of its own reports what it compiles while it warms up.
 */
class TileCompilationTest {
  static List<Integer> widths() {
    return VectorProvider.availableWidths();
  }

  @ParameterizedTest
  @MethodSource("widths")
  void everyTilePassesThroughBothCompilers(int bits) throws IOException, InterruptedException {
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+PrintCompilation",
                "--add-modules",
                "jdk.incubator.vector",
                "-cp",
                classPath(),
                TileCompilationTest.class.getName(),
                String.valueOf(bits))
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor() == 0, output);
    assertEquals("", skippedLines(output));
    assertTrue(output.contains("FloatColumnsTile6x"), "no tile was compiled");
  }

  private static String classPath() {
    return Path.of("target", "classes")
        + File.pathSeparator
        + Path.of("target", "test-classes")
        + File.pathSeparator
        + Path.of("..", "memory", "target", "classes");
  }

  private static String skippedLines(String output) {
    return output
        .lines()
        .filter(line -> line.contains("COMPILE SKIPPED") && line.contains("gemm"))
        .filter(line -> !line.contains("concurrent class loading")) // and tried again
        .reduce("", (all, line) -> all + line + "\n");
  }

  /** Runs in the virtual machine of its own. */
  public static void main(String[] args) {
    int bits = Integer.parseInt(args[0]);
    long start = System.nanoTime();
    new Gemm(DType.FLOAT32, bits).warmUp();
    System.out.println("float: " + (System.nanoTime() - start) / 1_000_000 + " ms");
    new Gemm(DType.FLOAT64, bits).warmUp();
    System.out.println("both: " + (System.nanoTime() - start) / 1_000_000 + " ms");
  }
}
