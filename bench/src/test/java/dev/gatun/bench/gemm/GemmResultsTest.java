package dev.gatun.bench.gemm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.bench.machine.Machine;
import dev.gatun.bench.report.Json;
import dev.gatun.memory.DType;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class GemmResultsTest {

  private static final GemmPlan PLAN =
      new GemmPlan(
          List.of(DType.FLOAT32), List.of(1, 2), List.of(64, 256), List.of("OpenBLAS"), 2, 10);
  private static final Machine MACHINE = new Machine("a processor", 2, 512, "an os", "a java", 0);

  private final GemmFigures figures = new GemmFigures();

  private void fork(int threads, double gatunSpeed, double peerSpeed, double peak) {
    var bytes = new ByteArrayOutputStream();
    var output = new ForkOutput(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    output.contestant("Gatun", "0.1.0");
    output.contestant("OpenBLAS", "1.0,\tsome kernels");
    for (int size : PLAN.sizes()) {
      var gemmCase = new GemmCase(DType.FLOAT32, threads, size);
      output.speed(gemmCase, "Gatun", gatunSpeed, 1e-7);
      output.speed(gemmCase, "OpenBLAS", peerSpeed, 2e-7);
    }
    output.peak(DType.FLOAT32, peak);
    bytes.toString(StandardCharsets.UTF_8).lines().forEach(line -> figures.accept(line, threads));
  }

  private GemmResults results() {
    figures.accept("a library says something", 1);
    return new GemmResults(PLAN, MACHINE, figures);
  }

  @Test
  void medianOverForksRatiosAndShares() {
    fork(1, 90, 100, 110);
    fork(1, 100, 100, 130);
    fork(2, 190, 190, 240);
    var results = results();
    var one = new GemmCase(DType.FLOAT32, 1, 256);
    var two = new GemmCase(DType.FLOAT32, 2, 256);
    assertEquals(95, results.speed(one, "Gatun"));
    assertEquals(0.95, results.ratioToBestBlas(one), 1e-12);
    assertEquals(95.0 / 120, results.peakShare(one), 1e-12);
    assertEquals(1, results.ratioTo(two, "OpenBLAS"), 1e-12);
    assertEquals(
        "gemm: cases=4 worst_ratio=0.95 geomean_ratio=0.97 peak_share=0.79", results.summary());
    assertEquals(2e-7, figures.error(one));
  }

  @Test
  void aPeerGetsItsBetterThreadSettingAndGatunDoesNot() {
    fork(1, 100, 100, 118);
    fork(2, 80, 80, 236);
    var two = new GemmCase(DType.FLOAT32, 2, 64);
    assertEquals(0.8, results().ratioTo(two, "OpenBLAS"), 1e-12);
  }

  @Test
  void withoutPeersThereAreNoRatios() {
    figures.missing().put("OpenBLAS", "not here");
    figures.accept("@gatun-bench\tcontestant\tGatun\t0.1.0", 1);
    var results = results();
    assertTrue(Double.isNaN(results.worstRatio()));
    var table = GemmTable.draw(results);
    assertTrue(table.contains("OpenBLAS  missing: not here"), table);
    assertTrue(table.contains("-"), table);
  }

  @Test
  void tableAndJsonHaveEveryCase() {
    fork(1, 90, 100, 110);
    fork(2, 190, 180, 240);
    var results = results();
    var table = GemmTable.draw(results);
    assertTrue(table.contains("float32, 1 thread: GFLOP/s (FMA peak 110.0)"), table);
    assertTrue(table.contains("float32, 2 threads"), table);
    assertEquals(2, table.lines().filter(line -> line.startsWith("   256")).count(), table);
    var json = Json.write(GemmJson.tree(results, "2026-01-01T00:00:00Z"));
    assertEquals(4, json.lines().filter(line -> line.contains("ratio_to_best_blas")).count(), json);
    assertTrue(json.contains("\"OpenBLAS\": \"1.0, some kernels\""), json);
  }

  @Test
  void plansThatMakeNoSenseAreRefused() {
    var types = List.of(DType.FLOAT32);
    refused("gemm: size 0: at least 1", types, List.of(1), List.of(0), 1, 1);
    refused("gemm: threads -1: at least 1", types, List.of(-1), List.of(64), 1, 1);
    refused("gemm: forks 0: at least 1", types, List.of(1), List.of(64), 0, 1);
    refused("gemm: seconds NaN: above 0", types, List.of(1), List.of(64), 1, Double.NaN);
    refused("gemm: nothing to measure: a list is empty", types, List.of(1), List.of(), 1, 1);
    refused(
        "gemm: dtype int8: only FLOAT32 and FLOAT64 are measured",
        List.of(DType.INT8),
        List.of(1),
        List.of(64),
        1,
        1);
  }

  private static void refused(
      String message,
      List<DType> dtypes,
      List<Integer> threads,
      List<Integer> sizes,
      int forks,
      double seconds) {
    var error =
        assertThrows(
            IllegalArgumentException.class,
            () -> new GemmPlan(dtypes, threads, sizes, List.of(), forks, seconds));
    assertEquals(message, error.getMessage());
  }
}
