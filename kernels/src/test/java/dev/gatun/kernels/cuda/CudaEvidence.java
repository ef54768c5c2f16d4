package dev.gatun.kernels.cuda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** What the tests of this package leave for {@code ./gatun test} to print. */
final class CudaEvidence {
  private CudaEvidence() {}

  /** Notes how many things of a kind were held to something, counted by one source. */
  static void count(String kind, String source, int number) {
    write(
        Path.of("target", "generated-cases", kind + "-" + source + ".properties"),
        kind + "=" + number + "\n");
  }

  /** Ends the running test as one that could not be run, and says so loudly. */
  static void skip(String reason) {
    note(reason);
    Assumptions.abort(reason);
  }

  /** Says loudly that something could not be run. */
  static void note(String reason) {
    write(
        Path.of("target", "skipped", Integer.toHexString(reason.hashCode()) + ".txt"),
        reason + "\n");
  }

  private static void write(Path file, String text) {
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    } catch (IOException unwritten) {
      throw new UncheckedIOException(unwritten);
    }
  }
}
