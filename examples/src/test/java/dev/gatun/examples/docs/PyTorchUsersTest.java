package dev.gatun.examples.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The programs of the page for PyTorch users print what the page says. */
class PyTorchUsersTest {
  private static final Path PAGE =
      Path.of("..", "docs", "pytorch-users.md").toAbsolutePath().normalize();

  @TempDir private static Path classes;

  @TestFactory
  List<DynamicTest> print() throws IOException {
    var programs = SnippetReader.readMarkdown(PAGE);
    var outputs = SnippetReader.readMarkdown(PAGE, "text");
    var tests = new ArrayList<DynamicTest>();
    for (int i = 0; i < programs.size(); i++) {
      var program = programs.get(i);
      var output = outputs.get(i);
      tests.add(
          DynamicTest.dynamicTest(
              program.toString(), () -> assertEquals(output.code(), printedBy(program))));
    }
    return tests;
  }

  @Test
  void everyProgramHasItsTwinAndItsOutput() throws IOException {
    int programs = SnippetReader.readMarkdown(PAGE).size();
    assertTrue(programs > 10);
    assertEquals(programs, SnippetReader.readMarkdown(PAGE, "python").size());
    assertEquals(programs, SnippetReader.readMarkdown(PAGE, "text").size());
  }

  private static String printedBy(Snippet program) throws Exception {
    try (var compiler = new SnippetCompiler(ExportedPackages.imports(), classes)) {
      return compiler.run(program).strip();
    }
  }
}
