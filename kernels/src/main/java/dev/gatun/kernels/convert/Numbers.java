package dev.gatun.kernels.convert;

/**
 * Numbers as those of another type. Integers are rounded to the nearest float or double, ties to
 * even; fractions are cut towards zero to a long, NaN to 0, what is beyond a long to its bounds.
 * Narrowing integers keeps the low bits.
 *
 * <p>Every loop has a method of its own: the compiler makes vector code of plain loops over arrays.
 */
final class Numbers {
  private Numbers() {}

  /** Makes unsigned bytes of what was widened with the sign. */
  static void dropSignsOfBytes(Block block, int length) {
    int[] numbers = block.ints;
    for (int i = 0; i < length; i++) {
      numbers[i] = numbers[i] & 0xff;
    }
  }

  static void intsToLongs(Block block, int length) {
    int[] in = block.ints;
    long[] out = block.longs;
    for (int i = 0; i < length; i++) {
      out[i] = in[i];
    }
  }

  static void intsToFloats(Block block, int length) {
    int[] in = block.ints;
    float[] out = block.floats;
    for (int i = 0; i < length; i++) {
      out[i] = in[i];
    }
  }

  static void intsToDoubles(Block block, int length) {
    int[] in = block.ints;
    double[] out = block.doubles;
    for (int i = 0; i < length; i++) {
      out[i] = in[i];
    }
  }

  static void longsToInts(Block block, int length) {
    long[] in = block.longs;
    int[] out = block.ints;
    for (int i = 0; i < length; i++) {
      out[i] = (int) in[i];
    }
  }

  static void longsToFloats(Block block, int length) {
    long[] in = block.longs;
    float[] out = block.floats;
    for (int i = 0; i < length; i++) {
      out[i] = in[i];
    }
  }

  static void longsToDoubles(Block block, int length) {
    long[] in = block.longs;
    double[] out = block.doubles;
    for (int i = 0; i < length; i++) {
      out[i] = in[i];
    }
  }

  static void floatsToLongs(Block block, int length) {
    float[] in = block.floats;
    long[] out = block.longs;
    for (int i = 0; i < length; i++) {
      out[i] = (long) in[i];
    }
  }

  static void floatsToDoubles(Block block, int length) {
    float[] in = block.floats;
    double[] out = block.doubles;
    for (int i = 0; i < length; i++) {
      out[i] = in[i];
    }
  }

  static void doublesToLongs(Block block, int length) {
    double[] in = block.doubles;
    long[] out = block.longs;
    for (int i = 0; i < length; i++) {
      out[i] = (long) in[i];
    }
  }

  static void doublesToFloats(Block block, int length) {
    double[] in = block.doubles;
    float[] out = block.floats;
    for (int i = 0; i < length; i++) {
      out[i] = (float) in[i];
    }
  }
}
