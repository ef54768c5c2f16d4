package dev.gatun.kernels.reduce;

import dev.gatun.kernels.reduce.Reduction.Combination;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** The Vector API's words for combining elements. */
final class VectorCombination {
  private VectorCombination() {}

  static VectorOperators.Associative of(Combination combination) {
    return switch (combination) {
      case ADD -> VectorOperators.ADD;
      case MULTIPLY -> VectorOperators.MUL;
      case MAX -> VectorOperators.MAX;
      case MIN -> VectorOperators.MIN;
    };
  }

  /** Returns the shuffle that rotates lanes by the vector's length divided by {@code divisor}. */
  static <E> VectorShuffle<E> rotation(VectorSpecies<E> species, int divisor) {
    int lanes = species.length();
    int by = lanes / divisor;
    return VectorShuffle.fromOp(species, lane -> (lane + by) % lanes);
  }
}
