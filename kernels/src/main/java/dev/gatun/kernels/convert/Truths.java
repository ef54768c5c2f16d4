package dev.gatun.kernels.convert;

/**
 * Whether numbers are zero: 0 where they are, else 1. Of bits without branches, which the compiler
 * makes vector code of.
 */
final class Truths {
  private static final int MAGNITUDE_OF_16 = 0x7fff;

  private Truths() {}

  static void ints(Block block, int length) {
    int[] bits = block.ints;
    for (int i = 0; i < length; i++) {
      int x = bits[i];
      bits[i] = (x | -x) >>> (Integer.SIZE - 1);
    }
  }

  static void longs(Block block, int length) {
    long[] bits = block.longs;
    for (int i = 0; i < length; i++) {
      long x = bits[i];
      bits[i] = (x | -x) >>> (Long.SIZE - 1);
    }
  }

  static void floats(Block block, int length) {
    float[] in = block.floats;
    int[] out = block.ints;
    for (int i = 0; i < length; i++) {
      out[i] = in[i] != 0 ? 1 : 0;
    }
  }

  static void doubles(Block block, int length) {
    double[] in = block.doubles;
    int[] out = block.ints;
    for (int i = 0; i < length; i++) {
      out[i] = in[i] != 0 ? 1 : 0;
    }
  }

  /** Of the bits of 16-bit numbers: zero has two signs. */
  static void bitsOf16(Block block, int length) {
    int[] bits = block.ints;
    for (int i = 0; i < length; i++) {
      int x = bits[i] & MAGNITUDE_OF_16;
      bits[i] = (x | -x) >>> (Integer.SIZE - 1);
    }
  }

  /** Of the bits of floats. */
  static void bitsOf32(Block block, int length) {
    int[] bits = block.ints;
    for (int i = 0; i < length; i++) {
      int x = bits[i] << 1;
      bits[i] = (x | -x) >>> (Integer.SIZE - 1);
    }
  }

  /** Of the bits of doubles. */
  static void bitsOf64(Block block, int length) {
    long[] bits = block.longs;
    for (int i = 0; i < length; i++) {
      long x = bits[i] << 1;
      bits[i] = (x | -x) >>> (Long.SIZE - 1);
    }
  }
}
