package dev.gatun.bindings.cuda;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A handle that a library gave out and that has to be given back.
 *
 * <p>Safe for use by several threads, as far as the library is; closing while another thread is in
 * a call with the handle is not.
 */
public abstract class OwnedHandle implements AutoCloseable {
  /** Gives a handle back. Must not refer to its owner, which would then never be unreachable. */
  @FunctionalInterface
  interface Destroyer {
    /** Returns the library's status. */
    int destroy(MemorySegment handle);
  }

  private static final Cleaner CLEANER =
      Cleaner.create(Thread.ofPlatform().daemon().name("gatun-cuda-cleaner", 0).factory());
  private static final AtomicLong LIVE = new AtomicLong();

  /** What is left to do when the owner is gone. */
  private static final class State implements Runnable {
    private final String kind;
    private final MemorySegment handle;
    private final @Nullable CudaContext context;
    private final CudaStatus library;
    private final String call;
    private final Destroyer destroyer;
    private volatile boolean closed;

    State(
        String kind,
        MemorySegment handle,
        @Nullable CudaContext context,
        CudaStatus library,
        String call,
        Destroyer destroyer) {
      this.kind = kind;
      this.handle = handle;
      this.context = context;
      this.library = library;
      this.call = call;
      this.destroyer = destroyer;
    }

    /** Runs once: when the owner is closed, or when it has become unreachable. */
    @Override
    public void run() {
      boolean leaked = !closed;
      closed = true;
      LIVE.decrementAndGet();
      if (leaked) {
        System.getLogger("dev.gatun.bindings")
            .log(System.Logger.Level.WARNING, "{0} was never closed; the collector found it", kind);
      }
      int status;
      if (context == null) {
        status = destroyer.destroy(handle);
      } else {
        try (var current = context.enter()) {
          status = destroyer.destroy(handle);
        }
      }
      library.check(status, call, kind);
    }
  }

  private final State state;
  private final Cleaner.Cleanable cleanable;

  /**
   * Takes ownership.
   *
   * @param kind what it is, for messages
   * @param handle the handle
   * @param context what has to be current when it is given back; null where that does not matter
   * @param library whose status the destroyer returns
   * @param call the name of the C function that the destroyer calls
   * @param destroyer gives it back
   */
  OwnedHandle(
      String kind,
      MemorySegment handle,
      @Nullable CudaContext context,
      CudaStatus library,
      String call,
      Destroyer destroyer) {
    this.state = new State(kind, handle, context, library, call, destroyer);
    LIVE.incrementAndGet();
    this.cleanable = CLEANER.register(this, state);
  }

  /**
   * Returns how many handles of this process are open.
   *
   * @return their number, of all kinds together
   */
  public static long live() {
    return LIVE.get();
  }

  /**
   * Returns the handle for calls of the library. Its owner has to stay reachable until they are
   * done: it does where it is closed afterwards.
   *
   * @return the handle
   * @throws IllegalStateException when it has been closed
   */
  public final MemorySegment handle() {
    if (state.closed) {
      throw new IllegalStateException(state.kind + " is closed");
    }
    return state.handle;
  }

  /**
   * Tells whether it has been closed.
   *
   * @return whether {@link #handle} throws
   */
  public final boolean isClosed() {
    return state.closed;
  }

  /**
   * Gives the handle back. Closing again does nothing.
   *
   * @throws CudaException where the library reports a failure, which may be one of earlier work
   */
  @Override
  public final void close() {
    synchronized (state) {
      if (state.closed) {
        return;
      }
      state.closed = true;
    }
    cleanable.clean();
  }

  @Override
  public final String toString() {
    return state.kind + (state.closed ? " (closed)" : "");
  }
}
