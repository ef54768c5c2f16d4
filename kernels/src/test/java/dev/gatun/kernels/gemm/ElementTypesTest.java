package dev.gatun.kernels.gemm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where source exists once for each element type, the two must not drift apart. */
class ElementTypesTest {
  private static final Path SOURCES = Path.of("src/main/java/dev/gatun/kernels/gemm");

  @ParameterizedTest
  @ValueSource(strings = {"Gemm", "Panel", "Scratch", "Tile"})
  void theKernelsForDoubleAreThoseForFloat(String part) throws IOException {
    String forFloat = Files.readString(SOURCES.resolve("Float" + part + ".java"));
    String forDouble = Files.readString(SOURCES.resolve("Double" + part + ".java"));
    String translated =
        forFloat.replace("Float", "Double").replace("float", "double").replace("FLOAT", "DOUBLE");
    assertEquals(withoutLayout(translated), withoutLayout(forDouble));
  }

  /** Lines break elsewhere where names are longer. */
  private static String withoutLayout(String source) {
    return source.replaceAll("\\s+", "");
  }
}
