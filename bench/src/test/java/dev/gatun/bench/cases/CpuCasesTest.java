package dev.gatun.bench.cases;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.bench.contest.BenchmarkCase;
import dev.gatun.bench.contest.Operands;
import dev.gatun.bench.peers.Gatun;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class CpuCasesTest {

  private static final double SMALL_BYTES = 1e7;
  private static final double SMALL_FLOPS = 2e8;

  private static List<BenchmarkCase> all() {
    return CpuCases.families().stream().flatMap(family -> family.cases().stream()).toList();
  }

  @Test
  void namesDiffer() {
    var names = new HashSet<String>();
    for (var benchmark : all()) {
      assertTrue(names.add(benchmark.name()), benchmark.name());
    }
  }

  @Test
  void everyCaseHasWorkAPeerAndEitherGatunOrAReason() {
    for (var benchmark : all()) {
      assertTrue(benchmark.work().bytes() > 0, benchmark.name());
      boolean gatun =
          benchmark.entrants().stream().anyMatch(entrant -> entrant.type() == Gatun.class);
      assertEquals(gatun, benchmark.missing() == null, benchmark.name());
      assertFalse(benchmark.entrants().size() == (gatun ? 1 : 0), benchmark.name());
    }
  }

  @Test
  void gatunTakesPartInEverySmallCase() {
    var gatun = new Gatun();
    for (var benchmark : all()) {
      if (benchmark.work().bytes() <= SMALL_BYTES && benchmark.work().flops() <= SMALL_FLOPS) {
        assertDoesNotThrow(() -> computeOnce(benchmark, gatun), benchmark.name());
      }
    }
  }

  private static void computeOnce(BenchmarkCase benchmark, Gatun gatun) throws Exception {
    try (var operands = new Operands(benchmark.inputs())) {
      for (var entrant : benchmark.entrants()) {
        if (entrant.type().isInstance(gatun)) {
          var call = entrant.prepare(gatun, operands);
          call.enter();
          call.run();
          for (double value : call.result()) {
            assertTrue(Double.isFinite(value), benchmark.name());
          }
          call.leave();
        }
      }
    }
  }
}
