package dev.gatun.kernels.convert;

/**
 * Integers of one width as those of another, in plain Java: what the compiler makes no vector code
 * of. Narrowing keeps the low bits. Holds no state.
 */
class Widths {
  Widths() {}

  /** Widens with the sign. */
  void bytesToInts(byte[] in, int[] out, int length) {
    for (int i = 0; i < length; i++) {
      out[i] = in[i];
    }
  }

  /** Widens with the sign. */
  void shortsToInts(short[] in, int[] out, int length) {
    for (int i = 0; i < length; i++) {
      out[i] = in[i];
    }
  }

  void intsToBytes(int[] in, byte[] out, int length) {
    for (int i = 0; i < length; i++) {
      out[i] = (byte) in[i];
    }
  }

  void intsToShorts(int[] in, short[] out, int length) {
    for (int i = 0; i < length; i++) {
      out[i] = (short) in[i];
    }
  }
}
