package dev.gatun.examples.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** All Java in README.md, docs and doc comments compiles against Gatun as it is. */
class SnippetsCompileTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  @TempDir private static Path classes;

  @TestFactory
  Stream<DynamicTest> compiles() throws IOException {
    var compiler = new SnippetCompiler(ExportedPackages.imports(), classes);
    return snippets().stream()
        .map(snippet ->
            DynamicTest.dynamicTest(
                ROOT.relativize(snippet.file()) + ":" + snippet.line(),
                () -> assertEquals(List.of(), compiler.compile(snippet), snippet::toString)))
        .onClose(() -> close(compiler));
  }

  @Test
  void aFaultIsFound() throws IOException {
    try (var compiler = new SnippetCompiler(ExportedPackages.imports(), classes)) {
      var wrong = new Snippet(Path.of("here.md"), 1, "int x = \"one\";");
      var right = new Snippet(Path.of("here.md"), 1, "int x = 1;");
      assertFalse(compiler.compile(wrong).isEmpty());
      assertTrue(compiler.compile(right).isEmpty());
    }
  }

  private static List<Snippet> snippets() throws IOException {
    var snippets = new ArrayList<Snippet>();
    for (var file : filesBelow(ROOT)) {
      var name = file.getFileName().toString();
      if (name.endsWith(".md")) {
        snippets.addAll(SnippetReader.readMarkdown(file));
      } else if (name.endsWith(".java")) {
        snippets.addAll(SnippetReader.readJava(file));
      }
    }
    return snippets;
  }

  /** README.md, what is in docs, and the sources of the library. */
  private static List<Path> filesBelow(Path root) throws IOException {
    var found = new ArrayList<Path>();
    found.add(root.resolve("README.md"));
    for (var folder : List.of("docs", "memory", "kernels", "autograd", "nn", "examples")) {
      var start =
          folder.equals("docs")
              ? root.resolve(folder)
              : root.resolve(folder).resolve("src").resolve("main").resolve("java");
      if (Files.isDirectory(start)) {
        try (var files = Files.walk(start)) {
          files.filter(Files::isRegularFile).sorted().forEach(found::add);
        }
      }
    }
    return found;
  }

  private static void close(SnippetCompiler compiler) {
    try {
      compiler.close();
    } catch (IOException unwritten) {
      throw new UncheckedIOException(unwritten);
    }
  }
}
