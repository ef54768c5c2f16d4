package dev.gatun.bench.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.bench.contest.Target;
import dev.gatun.bench.report.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadmeTableTest {

  @Test
  void sumsUpEachFamily() {
    var table =
        ReadmeTable.draw(
            ReportTest.report(
                ReportTest.row("add", Target.ofRatio(1), 2, 4),
                ReportTest.row("exp", Target.ofRatio(5), 2, 8),
                ReportTest.row("mul", Target.NONE, 2, 1)));
    assertTrue(table.contains("| Elementwise | 2 | 1 | 2.83 | exp: 4.00, target 5.00 |"), table);
    assertTrue(
        table.contains("| add, Gatun after `warmUp` | 120 ms | 12 ms | 0.25 ms | 3 ms |")
            || table.contains("| add, Gatun after `warmUp` | 120 ms | 13 ms | 0.25 ms | 3 ms |"),
        table);
  }

  @Test
  void isPutBetweenTheComments(@TempDir Path folder) throws IOException {
    var readme = folder.resolve("README.md");
    Files.writeString(
        readme, "before\n" + ReadmeTable.BEGIN + "\nold\n" + ReadmeTable.END + "\nafter\n");
    var report = ReportTest.report(ReportTest.row("add", Target.ofRatio(1), 2, 4));
    ReadmeTable.write(readme, report);
    ReadmeTable.write(readme, report);
    assertEquals(
        "before\n"
            + ReadmeTable.BEGIN
            + "\n"
            + ReadmeTable.draw(report)
            + ReadmeTable.END
            + "\nafter\n",
        Files.readString(readme));
    assertEquals(ReadmeTable.draw(report), ReadmeTable.read(readme));
  }

  @Test
  void aFileWithoutTheCommentsIsLeftAlone(@TempDir Path folder) throws IOException {
    var readme = folder.resolve("README.md");
    Files.writeString(readme, "nothing here\n");
    assertThrows(IOException.class, () -> ReadmeTable.write(readme, ReportTest.report()));
    assertEquals("nothing here\n", Files.readString(readme));
  }

  @Test
  void theReadmeSaysWhatTheLastFullRunFound() throws IOException {
    var root = Path.of(System.getProperty("user.dir")).getParent();
    var json = root.resolve("bench").resolve("results").resolve(ReportFiles.JSON);
    var table = ReadmeTable.read(root.resolve("README.md"));
    if (Files.exists(json)) {
      var report = ReportJson.read(JsonNode.parse(Files.readString(json)));
      assertFalse(report.quick());
      assertEquals(ReadmeTable.draw(report), table);
    } else {
      assertEquals("", table);
    }
  }
}
