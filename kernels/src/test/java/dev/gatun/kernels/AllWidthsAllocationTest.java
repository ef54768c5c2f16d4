package dev.gatun.kernels;

import dev.gatun.memory.DType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Beside vectors of every width, profiles tell the compiler nothing. */
class AllWidthsAllocationTest extends KernelsAllocation {
  @BeforeAll
  static void useVectors() {
    VectorsOfOthers.use(128, 256, 512);
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64"})
  void fibresAlongColumnsDoNotAllocate(DType dtype) {
    fibresDoNotAllocate(dtype, 0);
  }
}
