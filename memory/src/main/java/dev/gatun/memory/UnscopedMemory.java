package dev.gatun.memory;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes of pools, those of devices included, are in the hands of handles outside every
 * scope. The garbage collector sees a few dozen bytes where there are mebibytes, and has no reason
 * to run; so a pool that must grow asks it to, when these bytes have doubled since it last ran or
 * when the pool would have to refuse.
 */
final class UnscopedMemory {
  /** Below so many bytes the collector is left alone, unless a pool would have to refuse. */
  static final long MODEST_BYTES = 256L << 20;

  private static final int MOST_WAITS = 50;

  /** After so many waits without a handle closed, those that were found are thought to be. */
  private static final int QUIET_WAITS = 5;

  private static final AtomicLong BYTES = new AtomicLong();
  private static final AtomicLong CLEANED = new AtomicLong();
  private static volatile long collectAbove = MODEST_BYTES;

  private UnscopedMemory() {}

  /** Counts what a handle looks into. */
  static void add(Storage storage) {
    BYTES.getAndAdd(bytesOf(storage));
  }

  /** Counts what a handle no longer looks into. */
  static void remove(Storage storage) {
    BYTES.getAndAdd(-bytesOf(storage));
  }

  /** Counts a handle that the cleaner has closed. */
  static void countCleaned() {
    CLEANED.getAndIncrement();
  }

  private static long bytesOf(Storage storage) {
    return storage.isPooled() ? storage.byteSize() : 0;
  }

  /** Tells whether it is time to see what of it is garbage. */
  static boolean hasGrown() {
    return BYTES.get() > collectAbove;
  }

  /**
   * Runs the garbage collector and waits until the cleaner has dealt with what it found, some
   * dozens of milliseconds at most.
   *
   * @return whether any handle was closed by it
   */
  static boolean collect() {
    if (BYTES.get() == 0) {
      return false;
    }
    long before = CLEANED.get();
    long seen = before;
    System.gc();
    // The cleaner's thread may have to wait for a processor in the middle of its work.
    for (int wait = 0, quiet = 0; wait < MOST_WAITS && quiet < QUIET_WAITS; wait++) {
      if (!sleptAMillisecond()) {
        break;
      }
      long now = CLEANED.get();
      quiet = now == seen && now != before ? quiet + 1 : 0;
      seen = now;
    }
    collectAbove = Math.max(MODEST_BYTES, 2 * BYTES.get());
    return CLEANED.get() != before;
  }

  private static boolean sleptAMillisecond() {
    try {
      Thread.sleep(1);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
