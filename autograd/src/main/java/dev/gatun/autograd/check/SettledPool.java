package dev.gatun.autograd.check;

import dev.gatun.memory.MemoryPool;

/**
 * The shared pool once the collector has given back what was left to it: a count of bytes to
 * compare with later on, for tests that nothing is left behind, which only the test itself moves
 * then.
 */
public final class SettledPool {
  private static final int ROUNDS_ALIKE = 3;
  private static final int MOST_ROUNDS = 50;
  private static final long CLEANER_MILLIS = 10;

  private SettledPool() {}

  /**
   * Collects garbage until doing so gives nothing back any more, for half a second at most.
   *
   * @return the bytes in use
   * @throws IllegalStateException when this thread is interrupted meanwhile
   */
  public static long inUseBytes() {
    long bytes = MemoryPool.shared().inUseBytes();
    for (int alike = 0, round = 0; alike < ROUNDS_ALIKE && round < MOST_ROUNDS; round++) {
      System.gc();
      try {
        Thread.sleep(CLEANER_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while the pool settles", e);
      }
      long now = MemoryPool.shared().inUseBytes();
      alike = now == bytes ? alike + 1 : 0;
      bytes = now;
    }
    return bytes;
  }
}
