package dev.gatun.kernels.reduce;

import dev.gatun.kernels.reduce.Reduction.Combination;
import jdk.incubator.vector.VectorMask;
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

  /**
   * Returns the shuffle that exchanges neighbouring parts of the vector, each {@code 1 / divisor}
   * of it. Where parts would be smaller than a lane nothing moves.
   */
  static <E> VectorShuffle<E> exchange(VectorSpecies<E> species, int divisor) {
    int by = species.length() / divisor;
    return VectorShuffle.fromOp(species, lane -> lane ^ by);
  }

  /** Returns the shuffle that moves every {@code n}th lane to the front. */
  static <E> VectorShuffle<E> everyNth(VectorSpecies<E> species, int n) {
    int lanes = species.length();
    return VectorShuffle.fromOp(species, lane -> lane * n % lanes);
  }

  /** Returns the mask of every second part of the vector, each {@code 1 / divisor} of it. */
  static <E> VectorMask<E> odd(VectorSpecies<E> species, int divisor) {
    int size = species.length() / divisor;
    long lanes = 0;
    for (int lane = 0; lane < species.length(); lane++) {
      lanes |= (lane / size & 1L) << lane;
    }
    return VectorMask.fromLong(species, lanes);
  }
}
