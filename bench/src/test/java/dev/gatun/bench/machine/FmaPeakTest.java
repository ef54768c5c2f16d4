package dev.gatun.bench.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.memory.DType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FmaPeakTest {

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"FLOAT32", "FLOAT64"})
  void chainsConverge(DType dtype) {
    // Twelve chains, each of which ends at 0.75 / (1 - 0.5) in every lane.
    double lanes = FmaKernel.operationsPerRepetition(dtype) / 24.0;
    assertEquals(12 * 1.5 * lanes, FmaKernel.run(dtype, 200, 3), 1e-3);
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"FLOAT32", "FLOAT64"})
  void measuresOnSeveralThreads(DType dtype) {
    try (var peak = new FmaPeak(2)) {
      assertTrue(peak.slice(dtype) > 0);
    }
  }
}
