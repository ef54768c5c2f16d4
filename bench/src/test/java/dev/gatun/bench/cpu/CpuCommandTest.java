package dev.gatun.bench.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class CpuCommandTest {

  @ParameterizedTest
  @CsvSource({
    "--threads=0, at least 1",
    "--forks=-2, at least 1",
    "--peers=nobody, no 'nobody' among",
    "--peers=libtorch, nothing to compare with",
    "--only=[, no regular expression",
    "--only=no such case, no family and no case"
  })
  void whatCannotBeMeasuredIsRefusedInALine(String option, String message) {
    var errors = new StringWriter();
    int status = new CommandLine(new CpuCommand()).setErr(new PrintWriter(errors)).execute(option);
    assertEquals(2, status);
    assertTrue(errors.toString().lines().findFirst().orElse("").contains(message), errors + "");
  }
}
