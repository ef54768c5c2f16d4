package dev.gatun.bench.stress;

import dev.gatun.memory.ClosedTensorException;
import dev.gatun.memory.MemoryPool;
import dev.gatun.memory.Storage;
import java.lang.foreign.ValueLayout;

/**
 * What the tests do with a storage, with refusals as values: jcstress records results, not errors.
 */
final class References {

  /** Bytes of a block. */
  static final long BLOCK_BYTES = 64;

  /** What holders write. */
  static final int MINE = 42;

  /** What the next owner of the block writes. */
  static final int NEXT_OWNER = 7;

  private References() {}

  /**
   * Makes a pool for a test class.
   *
   * @param name the pool's name
   * @return a pool that is never closed
   */
  static MemoryPool pool(String name) {
    return new MemoryPool(name, Long.MAX_VALUE);
  }

  /**
   * Tries to give up a reference.
   *
   * @param storage the storage
   * @return 1 when it was given up, 0 when there was none left
   */
  static int release(Storage storage) {
    try {
      storage.release();
      return 1;
    } catch (ClosedTensorException refused) {
      return 0;
    }
  }

  /**
   * Tries to take a reference.
   *
   * @param storage the storage
   * @return 1 when it was taken, 0 when the last one was gone already
   */
  static int retain(Storage storage) {
    try {
      storage.retain();
      return 1;
    } catch (ClosedTensorException refused) {
      return 0;
    }
  }

  /**
   * Writes into a block and reads it back, so that somebody else's write shows.
   *
   * @param storage a storage held by the caller
   * @return {@link #MINE} unless somebody else writes too
   */
  static int writeAndRead(Storage storage) {
    var segment = storage.segment();
    segment.set(ValueLayout.JAVA_INT, 0, MINE);
    Thread.onSpinWait();
    return segment.get(ValueLayout.JAVA_INT, 0);
  }

  /**
   * Takes a block as a new owner and writes into it.
   *
   * @param pool the pool the test uses
   * @return the new owner's storage
   */
  static Storage allocateAndWrite(MemoryPool pool) {
    var storage = pool.allocate(BLOCK_BYTES);
    storage.segment().set(ValueLayout.JAVA_INT, 0, NEXT_OWNER);
    return storage;
  }
}
