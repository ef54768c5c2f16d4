package dev.gatun.bench.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class OpsCommandTest {

  @ParameterizedTest
  @CsvSource({
    "--threads=0, at least 1",
    "--draws=0, at least 1",
    "--dtype=float31, one of [float32",
    "--op=no_such_op, no operation"
  })
  void whatCannotBeTimedIsRefusedInALine(String option, String message) {
    var errors = new StringWriter();
    int status = new CommandLine(new OpsCommand()).setErr(new PrintWriter(errors)).execute(option);
    assertEquals(2, status);
    assertTrue(errors.toString().lines().findFirst().orElse("").contains(message), errors + "");
  }
}
