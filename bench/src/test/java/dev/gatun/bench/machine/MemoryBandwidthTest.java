package dev.gatun.bench.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class MemoryBandwidthTest {

  @Test
  void smallAndLargeFootprintsAreMeasured() {
    try (var limits = new MachineLimits()) {
      double small = limits.bytesPerSecond(12 << 10, 2);
      assertTrue(small > 1e6, () -> small + " bytes a second");
      assertTrue(limits.bytesPerSecond(3 << 20, 2) > 1e6);
      assertEquals(small, limits.bytesPerSecond(12 << 10, 2));
    }
  }
}
