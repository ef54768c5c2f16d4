package dev.gatun.bindings.loading;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A JVM that does not let Gatun call native code: no crash, no broken class, but the reason. */
@EnabledOnOs(OS.LINUX)
class NativeAccessTest {
  /** What the other JVM runs. */
  static final class Denied {
    private Denied() {}

    public static void main(String[] arguments) {
      for (int i = 0; i < 2; i++) {
        try {
          CudaLibraries.system().require(CudaLibrary.CUBLAS);
        } catch (CudaUnavailableException problem) {
          System.out.println(problem.kind());
        }
      }
    }
  }

  @Test
  void isDenied() throws Exception {
    var process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--illegal-native-access=deny",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Denied.class.getName()))
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    assertEquals("DENIED\nDENIED\n", output);
  }
}
