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

  /**
   * Replaces each x by {@code -log(x)}.
   *
   * @param values what is replaced, a multiple of 16 numbers
   * @param count how many
   */
  void negativeLogarithms(double[] values, int count);

  /**
   * Turns pairs of uniformly distributed numbers into normally distributed ones.
   *
   * @param radii in: u in (0, 1], out: {@code sqrt(-2 log u) cos(2 pi v)}; a multiple of 16 numbers
   * @param turns in: v in [0, 1), out: {@code sqrt(-2 log u) sin(2 pi v)}
   * @param count how many
   */
  void boxMuller(double[] radii, double[] turns, int count);
}
