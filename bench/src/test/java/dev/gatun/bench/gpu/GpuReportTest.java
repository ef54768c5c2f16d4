package dev.gatun.bench.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.bench.report.Json;
import dev.gatun.bench.report.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GpuReportTest {
  private static GpuRow row(String name, double seconds, double torchSeconds) {
    return new GpuRow(name, seconds, torchSeconds, 0, 0, "");
  }

  @Test
  void theSummaryHasTheMeansOfLargeProductsAndOfCapturedSteps() {
    var checks = new LinkedHashMap<String, CheckOutcome>();
    checks.put("catalogue", CheckOutcome.of(Map.of("ops", 214, "cases", 7000), List.of("a", "b")));
    checks.put("memory", CheckOutcome.of(Map.of(), List.of("c")));
    var rows =
        List.of(
            row("GEMM bfloat16 1024", 1, 100),
            row("GEMM bfloat16 4096", 1, 2),
            row("GEMM bfloat16 8192", 2, 1),
            row("GEMM float32 4096", 1, 100),
            row("MLP step, eager", 1, 100),
            row("MLP step, captured", 2, 3),
            row("encoder step, captured", 1, Double.NaN),
            row("x*sigmoid(x)+y, captured", 1, 100));
    var report = new GpuReport(Map.of(), checks, rows);
    assertEquals(
        "gpu: ops=214 cases=7000 mismatches=3 gemm_bf16_ratio=1.00 step_ratio=1.50",
        report.summary());
    assertFalse(report.passed());
  }

  @Test
  void itIsWrittenAsJson() {
    var skipped = CheckOutcome.skipped("no compute-sanitizer");
    var report =
        new GpuReport(
            Map.of("device", "some"),
            Map.of("sanitizer", skipped),
            List.of(row("softmax 2x2", 1e-6, Double.NaN)));
    assertTrue(report.passed());
    var tree = JsonNode.parse(Json.write(report.tree()));
    assertEquals("some", tree.get("device").text());
    assertEquals("no compute-sanitizer", tree.get("checks").get("sanitizer").get("skipped").text());
    assertEquals(report.summary(), tree.get("summary").text());
  }
}
