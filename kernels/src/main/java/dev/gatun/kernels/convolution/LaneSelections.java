package dev.gatun.kernels.convolution;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Which elements of two vectors to take, as {@link
 * IntVector#selectFrom(jdk.incubator.vector.Vector, jdk.incubator.vector.Vector)} counts them.
 */
final class LaneSelections {
  private LaneSelections() {}

  /** Selects elements 0, 2, 4, ... */
  static IntVector even(VectorSpecies<Integer> species) {
    return IntVector.zero(species).addIndex(2);
  }

  /** Selects elements 1, 3, 5, ... */
  static IntVector odd(VectorSpecies<Integer> species) {
    return even(species).add(1);
  }

  /** Selects elements of the vectors in turn, from their first halves. */
  static IntVector firstHalves(VectorSpecies<Integer> species) {
    return turns(species, 0);
  }

  /** Selects elements of the vectors in turn, from their second halves. */
  static IntVector secondHalves(VectorSpecies<Integer> species) {
    return turns(species, species.length() / 2);
  }

  private static IntVector turns(VectorSpecies<Integer> species, int start) {
    var counted = IntVector.zero(species).addIndex(1);
    var odd = counted.and(1).compare(VectorOperators.EQ, 1);
    return counted.lanewise(VectorOperators.LSHR, 1).add(start).add(species.length(), odd);
  }
}
