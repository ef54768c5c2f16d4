package dev.gatun.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.kernels.cuda.Cuda;
import dev.gatun.kernels.cuda.CudaReport;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class DoctorTest {
  private final StringWriter out = new StringWriter();

  private List<String> lines(String... arguments) {
    assertEquals(0, Doctor.commandLine().setOut(new PrintWriter(out, true)).execute(arguments));
    return out.toString().lines().toList();
  }

  @Test
  void theLastLineIsForScripts() {
    String last = lines().getLast();
    String cuda =
        Cuda.isAvailable() ? "cuda=ok devices=\\d+" : "cuda=unavailable reason=\"[^\"]+\"";
    assertTrue(last.matches("doctor: cpu=ok " + cuda), last);
  }

  @Test
  void everyPartHasItsLine() {
    var lines = lines();
    for (String name :
        List.of(
            "Gatun",
            "Java",
            "System",
            "Processors",
            "Caches",
            "Heap limit",
            "Threads",
            "Kernels",
            "Memory limit",
            "CUDA",
            "  driver",
            "  NVRTC",
            "  cublasLt",
            "  cuBLAS",
            "  cuDNN")) {
      assertTrue(
          lines.stream().anyMatch(line -> line.startsWith(name + " ")),
          () -> name + " in\n" + String.join("\n", lines));
    }
  }

  @Test
  void whatIsMissingComesWithWhatToDo() {
    var lines = lines();
    long missing =
        Cuda.report().parts().stream().filter(CudaReport.Missing.class::isInstance).count();
    assertTrue(lines.stream().filter(line -> line.contains("to do: ")).count() >= missing);
  }
}
