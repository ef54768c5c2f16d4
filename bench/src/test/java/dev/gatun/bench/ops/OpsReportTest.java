package dev.gatun.bench.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.bench.report.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OpsReportTest {

  private static final OpsReport REPORT =
      new OpsReport(
          "2026-01-01T00:00:00Z",
          Map.of("draws", 1),
          Map.of("cores", 2),
          Map.of("Gatun", "Gatun, vector-512 kernels"),
          List.of(
              new OpRow("add", "[512, 1024]", 100e-6, 200e-6, 2, ""),
              new OpRow("sort", "[512, 1024]", 4e-3, 1e-3, 0.25, ""),
              new OpRow("t", "[512, 1024]", 0.5e-6, 5e-6, 10, ""),
              OpRow.untimed("index_copy", "", "no drawn call")));

  @Test
  void theLastLineLeavesOutWhatTellsNothing() {
    assertEquals(
        "ops: operations=4 calls=2 short=1 untimed=1 geometric_mean=0.71 below_half=1"
            + " worst_ratio=0.250 worst_case=\"sort [512, 1024]\"",
        REPORT.summary());
  }

  @Test
  void aRunOfNothingHasALastLineToo() {
    var empty = new OpsReport("", Map.of(), Map.of(), Map.of(), List.of());
    assertEquals(
        "ops: operations=0 calls=0 short=0 untimed=0 geometric_mean=NaN below_half=0"
            + " worst_ratio=NaN worst_case=\"none\"",
        empty.summary());
  }

  @Test
  void theTableBeginsWithTheWorst() {
    var lines = OpsTable.draw(REPORT).lines().toList();
    int first = lines.indexOf(lines.stream().filter(l -> l.startsWith("sort ")).findFirst().get());
    assertTrue(lines.get(first + 1).startsWith("add "), lines + "");
    assertTrue(lines.get(first).endsWith("0.250"), lines.get(first));
    assertTrue(lines.get(first).contains("4000.0"), lines.get(first));
    assertEquals("index_copy: no drawn call", lines.getLast());
  }

  @Test
  void theTreeHasEveryRow() {
    var json = Json.write(REPORT.tree());
    assertTrue(json.contains("\"gatun_nanos\": 4000000.000000"), json);
    assertTrue(json.contains("\"trouble\": \"no drawn call\""), json);
    assertEquals(4, json.split("\"operation\":", -1).length - 1);
  }
}
