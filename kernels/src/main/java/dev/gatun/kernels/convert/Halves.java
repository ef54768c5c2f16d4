package dev.gatun.kernels.convert;

/**
 * Half-precision numbers as floats and back, with the rounding of {@link dev.gatun.memory.DType}.
 *
 * <p>Every loop has a method of its own: the compiler makes vector code of plain loops over arrays,
 * with instructions for binary16 that the Vector API does not offer. Brain floats go through the
 * bits of floats in {@link Block#ints}.
 */
final class Halves {
  private static final int MAGNITUDE = 0x7fff_ffff;
  private static final int INFINITY = 0x7f80_0000;
  private static final int QUIET = 0x40;
  private static final long MAGNITUDE_OF_DOUBLE = Long.MAX_VALUE;

  /** The bits of a long that a double may have to leave out. */
  private static final int LONG_EXCESS = 11;

  private Halves() {}

  static void binary16ToFloats(Block block, int length) {
    short[] in = block.shorts;
    float[] out = block.floats;
    for (int i = 0; i < length; i++) {
      out[i] = Float.float16ToFloat(in[i]);
    }
  }

  static void floatsToBinary16(Block block, int length) {
    float[] in = block.floats;
    short[] out = block.shorts;
    for (int i = 0; i < length; i++) {
      out[i] = Float.floatToFloat16(in[i]);
    }
  }

  static void bitsToFloats(Block block, int length) {
    int[] in = block.ints;
    float[] out = block.floats;
    for (int i = 0; i < length; i++) {
      out[i] = Float.intBitsToFloat(in[i]);
    }
  }

  static void floatsToBits(Block block, int length) {
    float[] in = block.floats;
    int[] out = block.ints;
    for (int i = 0; i < length; i++) {
      out[i] = Float.floatToRawIntBits(in[i]);
    }
  }

  /** Makes bits of floats of brain floats in the lower halves of ints. */
  static void brainToBits(Block block, int length) {
    int[] bits = block.ints;
    for (int i = 0; i < length; i++) {
      bits[i] = bits[i] << Short.SIZE;
    }
  }

  /** Makes brain floats, in the lower halves of ints, of the bits of floats. */
  static void bitsToBrain(Block block, int length) {
    int[] all = block.ints;
    for (int i = 0; i < length; i++) {
      int bits = all[i];
      int high = bits >>> Short.SIZE;
      int rounded = (bits + 0x7fff + (high & 1)) >>> Short.SIZE;
      // All ones for NaN: a branch would keep this from becoming vector code.
      int nan = (INFINITY - (bits & MAGNITUDE)) >> (Integer.SIZE - 1);
      all[i] = rounded & ~nan | (high | QUIET) & nan;
    }
  }

  /** Rounds to odd, so that the second rounding, to fewer bits, is as if there had been but one. */
  static void doublesToOddFloats(Block block, int length) {
    double[] in = block.doubles;
    float[] out = block.floats;
    for (int i = 0; i < length; i++) {
      double x = in[i];
      float nearest = (float) x;
      long excess =
          (Double.doubleToRawLongBits(x) & MAGNITUDE_OF_DOUBLE)
              - (Double.doubleToRawLongBits(nearest) & MAGNITUDE_OF_DOUBLE);
      // One less where the nearest is further from zero.
      int truncated = Float.floatToRawIntBits(nearest) + (int) (excess >> (Long.SIZE - 1));
      boolean stays = excess == 0 || !Float.isFinite(nearest);
      out[i] = stays ? nearest : Float.intBitsToFloat(truncated | 1);
    }
  }

  /** Rounds to odd, for the same reason. */
  static void longsToOddDoubles(Block block, int length) {
    long[] in = block.longs;
    double[] out = block.doubles;
    for (int i = 0; i < length; i++) {
      long x = in[i];
      long kept = x & -(1L << LONG_EXCESS);
      boolean fits = Math.abs(x >> 1) < 1L << 52 || kept == x;
      out[i] = fits ? x : kept | 1L << LONG_EXCESS;
    }
  }
}
