package dev.gatun.examples.thermometer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ThermometerTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    return new CommandLine(new Thermometer())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  @Test
  void theLineIsFound() {
    assertEquals(0, run());
    String text = out.toString();
    assertTrue(text.startsWith("gradient at w = 1, b = 0: [4517.2969, 82.6000]"), text);
    assertTrue(text.contains("w 1.7761, b 0.1064"), text);
    assertTrue(text.contains("t_c = 0.5367 * t_u -17.30"), text);
  }

  @Test
  void unknownOptionsAreRefused() {
    assertEquals(2, run("--unknown"));
    assertEquals(2, run("--steps", "0"));
    assertTrue(err.toString().contains("Usage: gatun thermometer"), err.toString());
  }
}
