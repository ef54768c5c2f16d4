package dev.gatun.bench.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.bench.contest.ContestTime;
import dev.gatun.bench.contest.Target;
import dev.gatun.bench.first.FirstCall;
import dev.gatun.bench.report.Json;
import dev.gatun.bench.report.JsonNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportTest {

  static Row row(String name, Target target, double gatunSeconds, double peerSeconds) {
    return new Row(
        "pointwise",
        name,
        target,
        List.of(
            new ContestTime("Gatun", "", 2, gatunSeconds, 1, 0),
            new ContestTime("slow", "", 1, 9, 9 / gatunSeconds, 1e-7),
            new ContestTime("fast", "mv", 1, peerSeconds, peerSeconds / gatunSeconds, 1e-7)),
        0,
        0.5,
        List.of());
  }

  static Report report(Row... rows) {
    return new Report(
        "2026-01-01T00:00:00Z",
        false,
        3,
        Map.of("cores", 2),
        Map.of("pointwise", "Elementwise"),
        Map.of("Gatun", "0.1"),
        Map.of("absent", "not here"),
        List.of(rows),
        List.of(new FirstCall("add", "Gatun", true, 120, 12.5, 0.25, 3)));
  }

  @Test
  void ratioIsTheBestPeersTimeDividedByGatuns() {
    var row = row("add", Target.ofRatio(1), 2, 3);
    assertEquals(1.5, row.ratio());
    assertEquals(0.25, row.limitShare());
    assertFalse(row.isLimitedByArithmetic());
    assertTrue(row.isMet());
    assertTrue(Double.isNaN(row.peakShare()));
  }

  @Test
  void aCaseWithTroubleOrWithoutGatunIsNotMet() {
    var row = row("add", Target.ofRatio(1), 2, 3);
    var troubled =
        new Row("pointwise", "add", row.target(), row.times(), 0, 1, List.of("fast: differs"));
    assertFalse(troubled.isMet());
    var without =
        new Row(
            "pointwise",
            "add",
            row.target(),
            List.of(new ContestTime("fast", "mv", 1, 3, Double.NaN, 1e-7)),
            0,
            1,
            List.of("Gatun: not there yet"));
    assertFalse(without.isMet());
    assertTrue(Double.isNaN(without.ratio()));
  }

  @Test
  void summaryNamesWhatFallsShortOfItsTargetMost() {
    var report =
        report(
            row("add", Target.ofRatio(1), 2, 1.9),
            row("exp", Target.ofRatio(5), 2, 8),
            row("mul", Target.NONE, 2, 1),
            row("sub", Target.ofRatio(1), 2, 4));
    assertEquals("cpu: cases=3 met=1 worst_ratio=4.00 worst_case=\"exp\"", report.summary());
    assertEquals(Math.cbrt(0.95 * 4 * 2), Report.meanRatio(report.rows()), 1e-12);
  }

  @Test
  void withoutRatiosThereIsNoWorstCase() {
    assertEquals("cpu: cases=0 met=0 worst_ratio=NaN worst_case=\"none\"", report().summary());
  }

  @Test
  void tableHasEveryFigure() {
    var table = ReportTable.draw(report(row("add", Target.ofRatio(5), 2e-6, 3e-6)));
    assertTrue(table.contains("add"), table);
    assertTrue(table.contains("2.00 us"), table);
    assertTrue(table.contains("1.50  >=5.00 MISSED"), table);
    assertTrue(table.contains("fast mv on 1"), table);
    assertTrue(table.contains("absent"), table);
    assertTrue(table.contains("after warmUp"), table);
  }

  @Test
  void durationsHaveThreeDigits() {
    assertEquals("12.3 ns", ReportTable.duration(12.34e-9));
    assertEquals("1.00 us", ReportTable.duration(999.9e-9));
    assertEquals("4.57 ms", ReportTable.duration(4.567e-3));
    assertEquals("2.50 s", ReportTable.duration(2.5));
    assertEquals("-", ReportTable.duration(Double.NaN));
  }

  @Test
  void jsonReadsBackAsItWasWritten() {
    var report = report(row("add", new Target(1, 0.95), 2, 3), row("mul", Target.NONE, 1, 2));
    var json = Json.write(ReportJson.tree(report));
    var read = ReportJson.read(JsonNode.parse(json));
    assertEquals(json, Json.write(ReportJson.tree(read)));
    assertEquals(report.rows().getFirst(), read.rows().getFirst());
    assertEquals(report.firstCalls(), read.firstCalls());
  }
}
