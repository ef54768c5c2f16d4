package dev.gatun.examples.consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the launcher answers before it builds anything. */
class LauncherTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern COMMAND = Pattern.compile("\\./gatun ([a-z][a-z-]*)");

  @BeforeAll
  static void needsBash() {
    assumeFalse(
        System.getProperty("os.name").startsWith("Windows"), "the launcher is a bash script");
  }

  @Test
  void helpListsTheCommands() throws Exception {
    var ran = gatun("help");
    assertEquals(0, ran.status(), ran::toString);
    assertEquals(List.of(), ran.err());
    assertTrue(
        commandsIn(ran)
            .containsAll(List.of("digits", "thermometer", "doctor", "test", "bench", "help")),
        ran::toString);
  }

  @Test
  void anUnknownCommandIsNamedAndRefused() throws Exception {
    var ran = gatun("trian", "--quickly");
    assertEquals(2, ran.status(), ran::toString);
    assertEquals(List.of(), ran.out());
    assertTrue(ran.err().getFirst().contains("unknown command 'trian'"), ran::toString);
  }

  @Test
  void helpForTheTestsNeedsNoBuild() throws Exception {
    var ran = gatun("help", "test");
    assertEquals(0, ran.status(), ran::toString);
    assertTrue(ran.out().getFirst().startsWith("Usage: ./gatun test"), ran::toString);
  }

  @Test
  void helpForTheShellNeedsNoBuild() throws Exception {
    var ran = gatun("help", "shell");
    assertEquals(0, ran.status(), ran::toString);
    assertTrue(ran.out().getFirst().startsWith("Usage: ./gatun shell"), ran::toString);
  }

  @Test
  void theDocumentationNamesCommandsThatThereAre() throws Exception {
    var known = commandsIn(gatun("help"));
    var unknown = new TreeSet<String>();
    for (var page : pages()) {
      var named = COMMAND.matcher(Files.readString(page));
      while (named.find()) {
        if (!known.contains(named.group(1))) {
          unknown.add(ROOT.relativize(page) + ": ./gatun " + named.group(1));
        }
      }
    }
    assertEquals(new TreeSet<String>(), unknown);
  }

  private static JavaProcess gatun(String... arguments) throws Exception {
    var command = new ArrayList<>(List.of("bash", ROOT.resolve("gatun").toString()));
    command.addAll(List.of(arguments));
    return JavaProcess.run(ROOT, command);
  }

  /** The first word of each indented line of the help. */
  private static List<String> commandsIn(JavaProcess help) {
    return help.out().stream()
        .filter(line -> line.startsWith("  "))
        .map(line -> line.strip().split(" ", 2)[0])
        .collect(Collectors.toList());
  }

  private static List<Path> pages() throws IOException {
    var pages = new ArrayList<Path>();
    pages.add(ROOT.resolve("README.md"));
    var docs = ROOT.resolve("docs");
    if (Files.isDirectory(docs)) {
      try (var files = Files.walk(docs)) {
        files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
      }
    }
    return pages;
  }
}
