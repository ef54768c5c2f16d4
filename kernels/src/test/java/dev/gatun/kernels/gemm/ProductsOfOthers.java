package dev.gatun.kernels.gemm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Spoils what the compiler learns of the classes of vectors, as a user's own code may. */
final class ProductsOfOthers {
  private static final int TIMES = 30_000;

  private ProductsOfOthers() {}

  static void multiply() {
    try (var arena = Arena.ofConfined()) {
      var segment = arena.allocate(64, 64);
      for (int i = 0; i < TIMES; i++) {
        multiply(FloatVector.SPECIES_128, segment);
        multiply(FloatVector.SPECIES_256, segment);
        multiply(FloatVector.SPECIES_512, segment);
      }
    }
  }

  private static void multiply(VectorSpecies<Float> species, MemorySegment segment) {
    var vector = FloatVector.fromMemorySegment(species, segment, 0, ByteOrder.nativeOrder());
    vector
        .lanewise(VectorOperators.FMA, vector, vector)
        .intoMemorySegment(segment, 0, ByteOrder.nativeOrder());
  }
}
