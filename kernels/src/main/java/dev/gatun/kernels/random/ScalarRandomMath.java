package dev.gatun.kernels.random;

/** In plain Java. */
final class ScalarRandomMath implements RandomMath {
  @Override
  public void words(long seed, long firstBlock, int[] words, int groups) {
    for (int group = 0; group < groups; group++) {
      for (int i = 0; i < GROUP_BLOCKS; i++) {
        long block = firstBlock + (long) group * GROUP_BLOCKS + i;
        Philox.block(seed, block, words, group * GROUP_WORDS + i, GROUP_BLOCKS);
      }
    }
  }
}
