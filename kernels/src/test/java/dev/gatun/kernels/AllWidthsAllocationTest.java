package dev.gatun.kernels;

import org.junit.jupiter.api.BeforeAll;

/** Beside vectors of every width, profiles tell the compiler nothing. */
class AllWidthsAllocationTest extends KernelsAllocation {
  @BeforeAll
  static void useVectors() {
    VectorsOfOthers.use(128, 256, 512);
  }
}
