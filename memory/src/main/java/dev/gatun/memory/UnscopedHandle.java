package dev.gatun.memory;

import java.lang.ref.Cleaner;
import org.jspecify.annotations.Nullable;

/**
 * What must be given up when a handle outside every scope becomes unreachable. Knows the storage but
 * not the handle, so that it does not keep it reachable.
 */
final class UnscopedHandle implements Runnable {
  private static final Cleaner CLEANER =
      Cleaner.create(
          task -> {
            Thread thread = new Thread(task, "gatun-cleaner");
            thread.setDaemon(true);
            return thread;
          });

  private final Storage storage;
  volatile StridedArray.@Nullable Attachment attachment;
  private volatile boolean explicit;
  private Cleaner.@Nullable Cleanable cleanable;

  private UnscopedHandle(Storage storage) {
    this.storage = storage;
  }

  static UnscopedHandle register(StridedArray handle) {
    UnscopedHandle state = new UnscopedHandle(handle.storage());
    state.cleanable = CLEANER.register(handle, state);
    return state;
  }

  /** Runs the cleaning action now, on the calling thread. */
  void closeNow() {
    explicit = true;
    Cleaner.Cleanable registered = cleanable;
    if (registered != null) {
      registered.clean();
    }
  }

  /** Gives the reference up. Run once, by the cleaner or by {@link #closeNow()}. */
  @Override
  public void run() {
    if (!explicit) {
      MemoryPool.shared().countCleaned();
    }
    StridedArray.Attachment attached = attachment;
    storage.release();
    if (attached != null) {
      attached.detached();
    }
  }
}
