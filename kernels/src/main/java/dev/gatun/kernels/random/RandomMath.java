package dev.gatun.kernels.random;

/**
 * The arithmetic of random numbers that differs between providers. Random bits come in groups of
 * {@link #GROUP_BLOCKS} blocks: first word 0 of each block, then word 1 of each, and so on, so that
 * vectors of any width write whole runs.
 */
interface RandomMath {
  /** The number of blocks in a group. */
  int GROUP_BLOCKS = 16;

  /** The number of words in a group. */
  int GROUP_WORDS = 4 * GROUP_BLOCKS;

  /**
   * Generates groups of random bits.
   *
   * @param seed the key
   * @param firstBlock the number of the first block
   * @param words what is filled
   * @param groups the number of groups
   */
  void words(long seed, long firstBlock, int[] words, int groups);
}
