package dev.gatun.memory;

import org.jspecify.annotations.Nullable;

/**
 * Sees what one thread does with memory: which storages it takes from pools, and which arrays it
 * hands to the host. A thread without an observer pays one look at a field for it.
 *
 * <p>Methods are called by the observed thread, in the midst of what it does, and must not take
 * memory from a pool themselves.
 */
public interface MemoryObserver {
  /**
   * Called when the thread has taken a storage from a pool.
   *
   * @param storage the storage, whose contents are undefined
   */
  void allocated(Storage storage);

  /**
   * Called before elements are handed to the host, which may read or write them from then on.
   *
   * @param operation the name of the operation, to begin an error message with
   * @param array the array whose elements are asked for
   */
  void handedOut(String operation, StridedArray array);

  /**
   * Makes an observer that of this thread, in place of the one before.
   *
   * @param observer the observer
   * @return what puts the one before back when this thread closes it
   */
  static Observation observe(MemoryObserver observer) {
    return new Observation(observer);
  }

  /** A time in which a thread is observed; ended by that thread. */
  final class Observation implements AutoCloseable {
    private final ThreadCache cache = ThreadCache.current();
    private final @Nullable MemoryObserver before = cache.observer;

    private Observation(MemoryObserver observer) {
      cache.observer = observer;
    }

    /**
     * Ends the observation.
     *
     * @throws ScopeException when another thread than the observed one asks for it
     */
    @Override
    public void close() {
      if (!cache.belongsToThisThread()) {
        throw new ScopeException("close: the observation belongs to the thread that began it");
      }
      cache.observer = before;
    }
  }
}
