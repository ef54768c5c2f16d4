package dev.gatun.kernels.random;

/** One group of words, each in 64 bits: where vectors leave them before they are narrowed. */
final class WideWords {
  private static final ThreadLocal<long[]> OF_THREAD =
      ThreadLocal.withInitial(() -> new long[RandomMath.GROUP_WORDS]);

  private WideWords() {}

  static long[] ofThread() {
    return OF_THREAD.get();
  }
}
