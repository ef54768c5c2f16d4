package dev.gatun.memory;

import java.util.Arrays;
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
 * them all at once, in the order opposite to their making.
 *
 * <p>A scope belongs to the thread that opened it and is not thread-safe, with one exception: a handle
 * may be closed early from another thread. Scopes nest, and are closed innermost first.
 */
public final class Scope implements AutoCloseable {
  private static final ThreadLocal<Innermost> INNERMOST = ThreadLocal.withInitial(Innermost::new);

  /** The innermost scope of a thread, in a cell, so that opening one writes no thread-local. */
  private static final class Innermost {
    @Nullable Scope scope;
  }

  private final Innermost innermost;
  private final @Nullable Scope outer;
  private final Thread owner;
  private final boolean suspending;
  private StridedArray[] handles;
  private int count;
  private boolean open = true;

  private Scope(boolean suspending) {
    this.innermost = INNERMOST.get();
    this.outer = innermost.scope;
    this.owner = Thread.currentThread();
    this.suspending = suspending;
    this.handles = suspending ? NOTHING : new StridedArray[16];
    innermost.scope = this;
  }

  private static final StridedArray[] NOTHING = new StridedArray[0];

  /**
   * Opens a scope for this thread, within the one that is innermost now.
   *
   * @return the scope, to be closed by this thread
   */
  public static Scope open() {
    return new Scope(false);
  }

  /**
   * Opens a span in which handles join no scope: what is made within it lives until it is closed, or
   * found unreachable by the cleaner. For what must outlive the scope that happens to be open, such as
   * the state of an optimizer.
   *
   * @return the span, to be closed by this thread
   */
  public static Scope suspend() {
    return new Scope(true);
  }

  /** Returns the scope that handles join now; null when there is none, or it is suspended. */
  static @Nullable Scope innermost() {
    Scope scope = INNERMOST.get().scope;
    return scope == null || scope.suspending ? null : scope;
  }

  /**
   * Tells whether a handle made by this thread now would join a scope.
   *
   * @return whether a scope is open and not suspended
   */
  public static boolean isActive() {
    return innermost() != null;
  }

  void add(StridedArray handle) {
    if (count == handles.length) {
      makeRoom();
    }
    handle.scope = this;
    handle.slot = count;
    handles[count++] = handle;
  }

  /** Drops handles that were closed early, or doubles the room where that frees too little. */
  private void makeRoom() {
    int kept = 0;
    for (int i = 0; i < count; i++) {
      StridedArray handle = handles[i];
      if (!handle.isClosed()) {
        handle.slot = kept;
        handles[kept++] = handle;
      }
    }
    Arrays.fill(handles, kept, count, null);
    count = kept;
    if (kept > handles.length / 2) {
      handles = Arrays.copyOf(handles, handles.length * 2);
    }
  }

  /**
   * Forgets a handle that has just been closed. From another thread nothing is done: the closed handle
   * stays in its place, where closing the scope passes over it.
   */
  void remove(StridedArray handle) {
    if (Thread.currentThread() == owner && handle.scope == this) {
      forget(handle);
    }
  }

  private void forget(StridedArray handle) {
    int last = --count;
    StridedArray moved = handles[last];
    handles[handle.slot] = moved;
    moved.slot = handle.slot;
    handles[last] = null;
    handle.scope = null;
  }

  /**
   * Moves a handle to the scope around this one, or to the care of the cleaner when there is none, so
   * that it outlives this scope. A handle that this scope does not own is left where it is.
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
    if (handle.scope != this) {
      return handle;
    }
    forget(handle);
    if (outer == null || outer.suspending) {
      handle.leaveScopes();
    } else {
      outer.add(handle);
    }
    return handle;
  }

  /**
   * Takes a handle out of the scope that owns it, into the hands of the caller: neither a scope nor the
   * cleaner will close it. For owners that close their handles themselves, such as a leaf its gradient.
   * A handle that no scope owns is left as it is.
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
      alive += handles[i].isClosed() ? 0 : 1;
    }
    return alive;
  }

  private void checkThread(String operation) {
    if (Thread.currentThread() != owner) {
      throw new ScopeException(
          operation + ": the scope belongs to thread '" + owner.getName() + "', not to '"
              + Thread.currentThread().getName() + "'");
    }
  }

  /**
   * Closes every handle that this scope owns. Closing twice does nothing.
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
    if (innermost.scope != this) {
      throw new ScopeException("close: a scope within this one is still open");
    }
    open = false;
    innermost.scope = outer;
    for (int i = count - 1; i >= 0; i--) {
      StridedArray handle = handles[i];
      handle.scope = null;
      handle.closeWithScope();
      handles[i] = null;
    }
    count = 0;
  }
}
