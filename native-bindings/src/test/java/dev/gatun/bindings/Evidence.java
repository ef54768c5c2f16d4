package dev.gatun.bindings;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/**
 * What the tests leave for {@code ./gatun test} to print: how much was held to what, and what not.
 */
public final class Evidence {
  private Evidence() {}

  /**
   * Notes how many things of a kind were compared; they are added up over all tests.
   *
   * @param kind one word
   * @param source which test counted, one word
   * @param number how many
   */
  public static void count(String kind, String source, int number) {
    write(
        Path.of("target", "generated-cases", kind + "-" + source + ".properties"),
        kind + "=" + number + "\n");
  }

  /**
   * Ends the running test as one that could not be run, and says so loudly.
   *
   * @param reason what is missing, and what to do about it
   */
  public static void skip(String reason) {
    write(
        Path.of("target", "skipped", Integer.toHexString(reason.hashCode()) + ".txt"),
        reason + "\n");
    Assumptions.abort(reason);
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
