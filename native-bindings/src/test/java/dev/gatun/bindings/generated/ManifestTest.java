package dev.gatun.bindings.generated;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The generated sources are what jextract wrote, from the lists that are committed with them. */
class ManifestTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path CONFIG = ROOT.resolve("jextract-config");
  private static final Path GENERATED =
      ROOT.resolve("native-bindings/src/main/java/dev/gatun/bindings/generated");
  private static final String ANEW = "generate them anew, jextract-config/README.md says how";

  @Test
  void everyFileHasItsHash() throws IOException, NoSuchAlgorithmException {
    var manifest = Files.readString(CONFIG.resolve("manifest.sha256"));
    var now = new StringBuilder();
    for (String line : manifest.lines().toList()) {
      String name = line.substring(line.indexOf("  ") + 2);
      var file = ROOT.resolve(name);
      now.append(Files.exists(file) ? sha256(file) : "absent").append("  ").append(name);
      now.append('\n');
    }
    assertEquals(manifest, now.toString(), ANEW);
  }

  @Test
  void noOtherFileIsAmongThem() throws IOException {
    var manifest = Files.readString(CONFIG.resolve("manifest.sha256"));
    Set<String> listed =
        manifest.lines().map(line -> line.substring(line.indexOf("  ") + 2)).collect(toSet());
    try (var generated = Files.walk(GENERATED);
        var config = Files.list(CONFIG)) {
      List<String> unlisted =
          Stream.concat(
                  generated.filter(Files::isRegularFile),
                  config.filter(file -> file.toString().endsWith(".symbols")))
              .map(file -> ROOT.relativize(file).toString())
              .filter(name -> !listed.contains(name))
              .toList();
      assertEquals(List.of(), unlisted, ANEW);
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyListedSymbolCameOut(SymbolList list) {
    for (String function : list.names("function")) {
      assertTrue(list.has(function + "$handle"), function);
    }
    for (String constant : list.names("constant")) {
      assertTrue(list.has(constant), constant);
    }
    list.names("struct").forEach(list::type);
    list.names("typedef").forEach(list::type);
  }

  /** jextract splits a class that grows too long, and names move: the lists are kept shorter. */
  @ParameterizedTest
  @EnumSource
  void noClassIsSplit(SymbolList list) throws IOException {
    try (var files = Files.walk(GENERATED)) {
      assertEquals(
          "",
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.matches(".*_\\d+\\.java"))
              .collect(joining(", ")));
    }
    long declarations =
        list.names("function").size() + list.names("constant").size() + list.names("struct").size();
    assertTrue(declarations < 900, list + " lists " + declarations);
  }

  private static String sha256(Path file) throws IOException, NoSuchAlgorithmException {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
  }
}
