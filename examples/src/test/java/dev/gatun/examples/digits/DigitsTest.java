package dev.gatun.examples.digits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DigitsTest {
  private static final Pattern LAST_LINE =
      Pattern.compile(
          "digits: accuracy=(\\d\\.\\d{4}) train_s=\\d+\\.\\d p50_us=\\d+\\.\\d p99_us=\\d+\\.\\d"
              + " p999_us=\\d+\\.\\d bytes_per_inference=\\d+(\\.\\d\\d)?");

  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    return Digits.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  @Test
  void theShippedDigitsAreLearntSavedAndServed() {
    assertEquals(0, run("--epochs", "6", "--out", folder.toString()), err.toString());
    String last = out.toString().lines().reduce((a, b) -> b).orElseThrow();
    Matcher matcher = LAST_LINE.matcher(last);
    assertTrue(matcher.matches(), last);
    assertTrue(Double.parseDouble(matcher.group(1)) > 0.9, last);
    assertTrue(out.toString().contains(", the same"), out.toString());
    for (String name : new String[] {"model.safetensors", "loss.svg", "confusion.csv"}) {
      assertTrue(Files.isRegularFile(folder.resolve(name)), name);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--unknown",
        "--epochs=0",
        "--epochs=x",
        "--lr=-1",
        "--batch-size=0",
        "--threads=0"
      })
  void unknownOptionsAreRefusedWithTheUsage(String option) {
    assertEquals(2, run(option, "--out", folder.toString()));
    assertTrue(err.toString().contains("Usage: gatun digits"), err.toString());
  }

  @Test
  void aFolderWithoutFilesIsAnErrorInOneLine() {
    Path empty = folder.resolve("empty");
    assertEquals(1, run("--data", empty.toString(), "--out", folder.toString()));
    assertEquals(1, err.toString().lines().count());
    assertTrue(err.toString().contains("train-images-idx3-ubyte"), err.toString());
  }

  @Test
  void aFolderThatCannotBeMadeIsAnErrorInOneLine() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertEquals(1, run("--out", file.resolve("out").toString()));
    assertTrue(err.toString().startsWith("digits: "), err.toString());
  }

  @Test
  void theLicenceOfTheDigitsIsNamed() throws Exception {
    assertEquals(0, run("--help"));
    assertTrue(out.toString().contains("E. Alpaydin and C. Kaynak"), out.toString());
    try (var notice = Digits.class.getResourceAsStream("NOTICE")) {
      assertTrue(new String(notice.readAllBytes()).contains("CC BY 4.0"));
    }
  }

  @Test
  void theTestImagesAreAFifthOfEachClass() {
    try (DigitImages images = DigitImages.shipped(0)) {
      assertEquals(1797, images.train().size() + images.test().size());
      assertEquals(359, images.test().size(), 1);
      assertEquals(64, images.pixels());
      assertEquals(1, images.train().inputs().max().item());
      assertEquals(0, images.train().inputs().min().item());
    }
  }
}
