package dev.gatun.kernels;

import org.junit.jupiter.api.BeforeAll;

/** Beside vectors of two widths, profiles have the compiler expect both. */
class TwoWidthsAllocationTest extends KernelsAllocation {
  @BeforeAll
  static void useVectors() {
    VectorsOfOthers.use(128, 256);
  }
}
