package dev.gatun.bench.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.gatun.kernels.cuda.Cuda;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class GpuCheckCommandTest {
  private final StringWriter out = new StringWriter();
  private final CommandLine command =
      new CommandLine(new GpuCheckCommand())
          .setOut(new PrintWriter(out))
          .setErr(new PrintWriter(out));

  @Test
  void withoutADeviceItSaysWhyAndEndsWithAStatusOfItsOwn() {
    assumeFalse(Cuda.isAvailable(), "there is a device");
    assertEquals(GpuCheckCommand.NO_DEVICE, command.execute());
    var lines = out.toString().lines().toList();
    assertTrue(lines.getLast().matches("gpu: unavailable reason=\"[^\"]+\""), lines::getLast);
    assertTrue(lines.stream().anyMatch(line -> line.contains("looked for: ")), out::toString);
    assertTrue(lines.stream().anyMatch(line -> line.contains("to do: ")), out::toString);
  }

  @Test
  void wrongNumbersAreRefused() {
    assertEquals(2, command.execute("--steps", "0"));
    assertEquals(2, command.execute("--device", "-1"));
    assertEquals(2, command.execute("--op", "("));
  }
}
