package dev.gatun.kernels.random;

/**
 * The counter-based random number generator Philox4x32-10.
 *
 * <p>A pure function from a counter of 128 bits and a key of 64 bits to 128 random bits: ten rounds
 * of two 32-bit multiplications each. J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw: Parallel
 * random numbers: as easy as 1, 2, 3. SC 2011.
 *
 * <p>Here a block is named by a 64-bit number, the lower half of the counter; the key is the seed.
 */
public final class Philox {
  static final int ROUNDS = 10;
  static final long MULTIPLIER_0 = 0xD2511F53L;
  static final long MULTIPLIER_1 = 0xCD9E8D57L;
  static final int WEYL_0 = 0x9E3779B9;
  static final int WEYL_1 = 0xBB67AE85;
  private static final long LOW = 0xFFFF_FFFFL;

  private Philox() {}

  /**
   * Computes the lower half, words 0 and 1, of a block of random bits.
   *
   * @param seed the key
   * @param block the lower half of the counter; the upper half is 0
   * @return word 0 in the lower, word 1 in the upper 32 bits
   */
  public static long lower(long seed, long block) {
    return generate(block, 0, seed, false);
  }

  /**
   * Computes the upper half, words 2 and 3, of a block of random bits.
   *
   * @param seed the key
   * @param block the lower half of the counter; the upper half is 0
   * @return word 2 in the lower, word 3 in the upper 32 bits
   */
  public static long upper(long seed, long block) {
    return generate(block, 0, seed, true);
  }

  /**
   * Computes one half of a block of random bits.
   *
   * @param counterLow words 0 (lower bits) and 1 of the counter
   * @param counterHigh words 2 (lower bits) and 3 of the counter
   * @param key words 0 (lower bits) and 1 of the key
   * @param upper whether to return words 2 and 3 of the result, else words 0 and 1
   * @return the word of lower number in the lower, the other in the upper 32 bits
   */
  static long generate(long counterLow, long counterHigh, long key, boolean upper) {
    long word0 = counterLow & LOW;
    long word1 = counterLow >>> 32;
    long word2 = counterHigh & LOW;
    long word3 = counterHigh >>> 32;
    int key0 = (int) key;
    int key1 = (int) (key >>> 32);
    for (int round = 0; round < ROUNDS; round++) {
      long product0 = MULTIPLIER_0 * word0;
      long product1 = MULTIPLIER_1 * word2;
      word0 = (product1 >>> 32) ^ word1 ^ (key0 & LOW);
      word1 = product1 & LOW;
      word2 = (product0 >>> 32) ^ word3 ^ (key1 & LOW);
      word3 = product0 & LOW;
      key0 += WEYL_0;
      key1 += WEYL_1;
    }
    return upper ? word3 << 32 | word2 : word1 << 32 | word0;
  }

  /**
   * Computes a block of random bits.
   *
   * @param seed the key
   * @param block the lower half of the counter; the upper half is 0
   * @param words where the four words are written
   * @param at where word 0 goes; the others follow at distances of {@code stride}
   * @param stride the distance of words
   */
  static void block(long seed, long block, int[] words, int at, int stride) {
    long word0 = block & LOW;
    long word1 = block >>> 32;
    long word2 = 0;
    long word3 = 0;
    int key0 = (int) seed;
    int key1 = (int) (seed >>> 32);
    for (int round = 0; round < ROUNDS; round++) {
      long product0 = MULTIPLIER_0 * word0;
      long product1 = MULTIPLIER_1 * word2;
      word0 = (product1 >>> 32) ^ word1 ^ (key0 & LOW);
      word1 = product1 & LOW;
      word2 = (product0 >>> 32) ^ word3 ^ (key1 & LOW);
      word3 = product0 & LOW;
      key0 += WEYL_0;
      key1 += WEYL_1;
    }
    words[at] = (int) word0;
    words[at + stride] = (int) word1;
    words[at + 2 * stride] = (int) word2;
    words[at + 3 * stride] = (int) word3;
  }
}
