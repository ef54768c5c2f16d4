package dev.gatun.kernels.random;

import dev.gatun.kernels.specialize.Specialization;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * In vectors: each lane computes a block of its own, with words in 64 bits so that products fit. A
 * {@linkplain Specialization template}; its constant is the shape of vectors.
 */
final class VectorRandomMath implements RandomMath {
  private static final VectorShape SHAPE =
      Specialization.constant(MethodHandles.lookup(), VectorShape.class, 0);
  private static final VectorSpecies<Long> LONGS = SHAPE.withLanes(long.class);
  private static final int LANES = LONGS.length();
  private static final long LOW = 0xFFFF_FFFFL;

  VectorRandomMath() {}

  @Override
  public void words(long seed, long firstBlock, int[] words, int groups) {
    long[] wide = WideWords.ofThread();
    for (int group = 0; group < groups; group++) {
      for (int i = 0; i < GROUP_BLOCKS; i += LANES) {
        blocks(seed, firstBlock + (long) group * GROUP_BLOCKS + i, wide, i);
      }
      int start = group * GROUP_WORDS;
      for (int i = 0; i < GROUP_WORDS; i++) {
        words[start + i] = (int) wide[i];
      }
    }
  }

  private static void blocks(long seed, long firstBlock, long[] wide, int at) {
    var block = LongVector.broadcast(LONGS, firstBlock).addIndex(1);
    var word0 = block.and(LOW);
    var word1 = block.lanewise(VectorOperators.LSHR, 32);
    var word2 = LongVector.zero(LONGS);
    var word3 = LongVector.zero(LONGS);
    int key0 = (int) seed;
    int key1 = (int) (seed >>> 32);
    for (int round = 0; round < Philox.ROUNDS; round++) {
      var product0 = word0.mul(Philox.MULTIPLIER_0);
      var product1 = word2.mul(Philox.MULTIPLIER_1);
      word0 =
          product1
              .lanewise(VectorOperators.LSHR, 32)
              .lanewise(VectorOperators.XOR, word1)
              .lanewise(VectorOperators.XOR, key0 & LOW);
      word1 = product1.and(LOW);
      word2 =
          product0
              .lanewise(VectorOperators.LSHR, 32)
              .lanewise(VectorOperators.XOR, word3)
              .lanewise(VectorOperators.XOR, key1 & LOW);
      word3 = product0.and(LOW);
      key0 += Philox.WEYL_0;
      key1 += Philox.WEYL_1;
    }
    word0.intoArray(wide, at);
    word1.intoArray(wide, at + GROUP_BLOCKS);
    word2.intoArray(wide, at + 2 * GROUP_BLOCKS);
    word3.intoArray(wide, at + 3 * GROUP_BLOCKS);
  }
}
