package dev.gatun.memory;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A span of code that owns the tensors made within it:
 *
 * {@snippet :
 * StridedArray result;
 * try (var scope = Scope.open()) {
 *   var scratch = StridedArray.allocate(DType.FLOAT32, Shape.of(128));
 *   result = scope.keep(StridedArray.allocate(DType.FLOAT32, Shape.of(8)));
 * } // scratch is closed here, result is not
 * }
 *
 * <p>Handles join the innermost open scope of the thread that makes them. Closing the scope closes
 * them all at once.
 *
 * <p>A scope belongs to the thread that opened it and is not thread-safe, with one exception: a
 * handle may be closed early from another thread. It is closed at once then, but its memory goes
 * back when the scope needs room for more handles or is closed, whichever comes first. Scopes nest,
 * and are closed innermost first.
 */
public final class Scope implements AutoCloseable {
  private static final int ROOM_AT_FIRST = 16;
  private static final @Nullable StridedArray[] NOTHING = new @Nullable StridedArray[0];

  private final ThreadCache cache;
  private final @Nullable Scope outer;
  private final boolean suspending;

  /** The handles owned, up to the count; null beyond it. */
  private @Nullable StridedArray[] handles;

  private int count;
  private boolean open = true;

  private Scope(boolean suspending) {
    this.cache = ThreadCache.current();
    this.outer = cache.innermost;
    this.suspending = suspending;
    this.handles = suspending ? NOTHING : new @Nullable StridedArray[ROOM_AT_FIRST];
    cache.innermost = this;
  }

  /**
   * Opens a scope for this thread, within the one that is innermost now.
   *
   * @return the scope, to be closed by this thread
   */
  public static Scope open() {
    return new Scope(false);
  }

  /**
   * Opens a span in which handles join no scope: what is made within it lives until it is closed,
   * or found unreachable by the cleaner. For what must outlive the scope that happens to be open,
   * such as the state of an optimizer.
   *
   * @return the span, to be closed by this thread
   */
  public static Scope suspend() {
    return new Scope(true);
  }

  /**
   * Tells whether a handle made by this thread now would join a scope.
   *
   * @return whether a scope is open and not suspended
   */
  public static boolean isActive() {
    return innermost(ThreadCache.current()) != null;
  }

  /**
   * Returns the scope that handles of a thread join now; null when there is none, or it is
   * suspended.
   */
  static @Nullable Scope innermost(ThreadCache cache) {
    Scope scope = cache.innermost;
    return scope == null || scope.suspending ? null : scope;
  }

  /** Tells whether this is the thread that opened this scope. */
  boolean belongsToThisThread() {
    return cache.belongsToThisThread();
  }

  void add(StridedArray handle) {
    while (count == handles.length) {
      makeRoom();
    }
    handle.scope = this;
    handle.slot = count;
    handles[count++] = handle;
  }

  /** Drops handles that other threads closed, and doubles the room where that frees too little. */
  private void makeRoom() {
    List<StridedArray> closed = new ArrayList<>();
    int kept = 0;
    for (int i = 0; i < count; i++) {
      StridedArray handle = at(i);
      if (handle.isClosed()) {
        closed.add(handle);
      } else {
        handle.slot = kept;
        handles[kept++] = handle;
      }
    }
    Arrays.fill(handles, kept, count, null);
    count = kept;
    if (kept > handles.length / 2) {
      handles = Arrays.copyOf(handles, handles.length * 2);
    }
    for (StridedArray handle : closed) {
      handle.giveUp(cache);
    }
  }

  private StridedArray at(int slot) {
    return Objects.requireNonNull(handles[slot]);
  }

  /** Forgets a handle that its thread, which is this scope's, has just closed, and gives it up. */
  void closeEarly(StridedArray handle) {
    forget(handle);
    handle.giveUp(cache);
  }

  private void forget(StridedArray handle) {
    int last = --count;
    StridedArray moved = at(last);
    handles[handle.slot] = moved;
    moved.slot = handle.slot;
    handles[last] = null;
    handle.scope = null;
  }

  /**
   * Moves a handle to the scope around this one, or to the care of the cleaner when there is none,
   * so that it outlives this scope. A handle that this scope does not own is left where it is.
   *
   * @param <T> the type of the handle
   * @param handle the handle to keep
   * @return the handle
   * @throws ScopeException when this is not the scope's thread, or the scope is closed
   * @throws ClosedTensorException when the handle is closed
   */
  public <T extends StridedArray> T keep(T handle) {
    checkThread("keep");
    if (!open) {
      throw new ScopeException("keep: the scope has been closed");
    }
    handle.checkOpen("keep");
    if (handle.scope == this) {
      forget(handle);
      if (outer == null || outer.suspending) {
        handle.leaveScopes("keep", true, cache);
      } else {
        outer.add(handle);
      }
    }
    return handle;
  }

  /**
   * Takes a handle out of the scope that owns it, into the hands of the caller: neither a scope nor
   * the cleaner will close it. For owners that close their handles themselves, such as a leaf its
   * gradient. A handle that no scope owns is left as it is.
   *
   * @param <T> the type of the handle
   * @param handle the handle to take over
   * @return the handle
   * @throws ScopeException when the handle's scope belongs to another thread
   * @throws ClosedTensorException when the handle is closed
   */
  public static <T extends StridedArray> T disown(T handle) {
    handle.checkOpen("disown");
    Scope owner = handle.scope;
    if (owner != null) {
      owner.checkThread("disown");
      owner.forget(handle);
      handle.leaveScopes("disown", false, owner.cache);
    }
    return handle;
  }

  /**
   * Returns how many open handles this scope owns.
   *
   * @return the number of handles that closing would close
   */
  public int size() {
    int alive = 0;
    for (int i = 0; i < count; i++) {
      alive += at(i).isClosed() ? 0 : 1;
    }
    return alive;
  }

  private void checkThread(String operation) {
    if (!belongsToThisThread()) {
      throw new ScopeException(
          operation
              + ": the scope belongs to thread '"
              + cache.thread.getName()
              + "', not to '"
              + Thread.currentThread().getName()
              + "'");
    }
  }

  /**
   * Closes every handle that this scope owns. Closing twice does nothing.
   *
   * <p>Should {@linkplain StridedArray.Attachment#detached() what is attached} to a handle throw,
   * the others are closed all the same, and the first exception is thrown on at the end.
   *
   * @throws ScopeException when this is not the scope's thread, or a scope within it is still open;
   *     nothing is closed then
   */
  @Override
  public void close() {
    checkThread("close");
    if (!open) {
      return;
    }
    if (cache.innermost != this) {
      throw new ScopeException("close: a scope within this one is still open");
    }
    open = false;
    cache.innermost = outer;
    try {
      closeOwned(0);
    } finally {
      handles = NOTHING;
    }
  }

  /**
   * Closes every handle that this scope owns, and leaves the scope open: cheaper than a new scope
   * for each round of a loop.
   *
   * <p>Should {@linkplain StridedArray.Attachment#detached() what is attached} to a handle throw,
   * the others are closed all the same, and the first exception is thrown on at the end.
   *
   * @throws ScopeException when this is not the scope's thread
   */
  public void closeAll() {
    checkThread("closeAll");
    closeOwned(0);
  }

  /**
   * Returns a mark of this moment, for {@link #closeSince}.
   *
   * @return the mark, good until a handle made before is closed or kept elsewhere
   */
  public int mark() {
    return count;
  }

  /**
   * Closes the handles that have joined this scope since a moment, but for some, and leaves the
   * scope open: cheaper than a scope of their own.
   *
   * <p>Should {@linkplain StridedArray.Attachment#detached() what is attached} to a handle throw,
   * the others are closed all the same, and the first exception is thrown on at the end.
   *
   * @param mark from {@link #mark}
   * @param kept what stays open; elements may be null, and handles may be others than this scope's
   * @throws ScopeException when this is not the scope's thread
   */
  public void closeSince(int mark, @Nullable StridedArray[] kept) {
    checkThread("closeSince");
    int left = mark;
    for (StridedArray handle : kept) {
      if (handle != null && handle.scope == this && handle.slot >= left) {
        swap(handle, left++);
      }
    }
    if (count > left) {
      closeOwned(left);
    }
  }

  private void swap(StridedArray handle, int slot) {
    StridedArray other = at(slot);
    handles[handle.slot] = other;
    other.slot = handle.slot;
    handles[slot] = handle;
    handle.slot = slot;
  }

  private void closeOwned(int left) {
    RuntimeException failure = null;
    while (count > left) {
      try {
        closeHandles(left);
      } catch (RuntimeException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /**
   * Closes the last handle until so many are left; what that runs may close others, and so forget
   * them.
   */
  private void closeHandles(int left) {
    while (count > left) {
      at(--count).closeWithScope(cache);
    }
  }
}
