package dev.gatun.memory;

import java.lang.ref.Cleaner;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What must be given up when a handle outside every scope becomes unreachable. Knows the storage
 * but not the handle, so that it does not keep it reachable.
 */
final class UnscopedHandle implements Runnable {
  private static final Cleaner CLEANER =
      Cleaner.create(task -> {
        Thread thread = new Thread(task, "gatun-cleaner");
        thread.setDaemon(true);
        return thread;
      });

  private final Storage storage;
  private final LeakTracker.@Nullable Trace trace;
  volatile StridedArray.@Nullable Attachment attachment;
  private volatile boolean explicit;
  private Cleaner.@Nullable Cleanable cleanable;

  private UnscopedHandle(Storage storage, LeakTracker.@Nullable Trace trace) {
    this.storage = storage;
    this.trace = trace;
  }

  static UnscopedHandle register(StridedArray handle) {
    UnscopedHandle state = new UnscopedHandle(handle.storage(), handle.trace);
    UnscopedMemory.add(state.storage);
    state.cleanable = CLEANER.register(handle, state);
    return state;
  }

  /** Runs the cleaning action now, on the calling thread. */
  void closeNow() {
    explicit = true;
    Objects.requireNonNull(cleanable).clean();
  }

  /** Gives the reference up. Run once, by the cleaner or by {@link #closeNow()}. */
  @Override
  public void run() {
    StridedArray.Attachment attached = attachment;
    UnscopedMemory.remove(storage);
    if (explicit) {
      storage.releaseByHandle(ThreadCache.current());
    } else {
      MemoryPool pool = storage.pool();
      (pool == null ? MemoryPool.shared() : pool).countCleaned();
      LeakTracker.cleaned(trace);
      // The cleaner's thread allocates nothing: a block in its cache would be of no use to anybody.
      storage.releaseByHandle(null);
      UnscopedMemory.countCleaned();
    }
    if (attached != null) {
      attached.detached();
    }
  }
}
