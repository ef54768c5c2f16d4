package dev.gatun.bindings.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.gatun.bindings.CCompiler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs {@link FakeDriverScenario} in a JVM of its own, whose only driver is one that the test
 * builds: a process looks for its libraries once.
 */
@EnabledOnOs(OS.LINUX)
class FakeDriverTest {
  @TempDir private Path folder;

  @Test
  void handles() throws Exception {
    CCompiler.require();
    try (var source = FakeDriverTest.class.getResourceAsStream("fake_driver.c")) {
      assertNotNull(source);
      CCompiler.library(
          folder.resolve("libcuda.so.1"),
          new String(source.readAllBytes(), StandardCharsets.UTF_8));
    }
    var output = folder.resolve("output");
    int status = run(output);
    assertEquals(0, status, Files.readString(output));
  }

  private int run(Path output) throws IOException, InterruptedException {
    return new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Dgatun.cuda.path=" + folder,
                "-cp",
                System.getProperty("java.class.path"),
                FakeDriverScenario.class.getName()))
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start()
        .waitFor();
  }
}
