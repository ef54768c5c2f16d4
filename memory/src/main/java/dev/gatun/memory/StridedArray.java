package dev.gatun.memory;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A handle on elements of one type, laid out in a storage. This is what kernels read and write, and
 * what tensors are built on.
 *
 * <p><b>Ownership.</b> A handle holds one reference to its storage and gives it up when it is closed.
 * It joins the innermost {@link Scope} of the thread that makes it, and is closed with it; where there
 * is no scope, a cleaner closes it some time after it has become unreachable. Closing early is always
 * allowed, closing twice does nothing. Several handles may share a storage; bytes live as long as the
 * last of them.
 *
 * <p><b>Threads.</b> A handle may be used from any thread. Closing is atomic; closing while another
 * thread computes with the handle is a mistake of the caller, which may give that computation wrong
 * numbers, but not crash the process.
 */
public class StridedArray implements AutoCloseable {
  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(StridedArray.class, "state", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final int OPEN = 0;
  private static final int CLOSED = 1;
  private static final int CLOSED_WITH_SCOPE = 2;

  private final Storage storage;
  private final DType dtype;
  private final Layout layout;

  @SuppressWarnings("FieldMayBeFinal") // written through STATE
  private volatile int state = OPEN;

  /** The scope that will close this handle, and its place there. Touched by the scope alone. */
  @Nullable Scope scope;

  int slot;

  private @Nullable Attachment attachment;
  private @Nullable UnscopedHandle unscoped;

  /** Something that is given up together with a handle, such as its place in a gradient's graph. */
  public interface Attachment {
    /** Called once, when the handle is closed; from the cleaner's thread for a handle out of scope. */
    void detached();
  }

  /**
   * Makes a handle, which takes over one reference to the storage from the caller.
   *
   * @param storage the bytes; the caller's reference becomes the handle's, also when this throws
   * @param dtype the type of the elements
   * @param layout where the elements lie
   * @throws ShapeException when the layout reaches beyond the storage
   */
  public StridedArray(Storage storage, DType dtype, Layout layout) {
    this.storage = storage;
    this.dtype = dtype;
    this.layout = layout;
    if (layout.extent() > storage.byteSize() >>> dtype.byteShift()) {
      storage.release();
      throw new ShapeException(
          "layout: " + layout + " of " + dtype + " reaches beyond a storage of "
              + storage.byteSize() + " bytes");
    }
    Scope innermost = Scope.innermost();
    if (innermost != null) {
      innermost.add(this);
    } else {
      unscoped = UnscopedHandle.register(this);
    }
    if (LeakTracker.isOn()) {
      LeakTracker.opened(this);
    }
  }

  /**
   * Makes a handle on a fresh contiguous block of the shared pool.
   *
   * @param dtype the type of the elements
   * @param shape the sizes
   * @return the handle; its elements are undefined
   * @throws MemoryLimitException when the pool refuses
   */
  public static StridedArray allocate(DType dtype, Shape shape) {
    return new StridedArray(
        MemoryPool.shared().allocate(byteSize(dtype, shape)), dtype, Layout.contiguous(shape));
  }

  /**
   * Returns how many bytes a contiguous array takes.
   *
   * @param dtype the type of the elements
   * @param shape the sizes
   * @return the size in bytes
   * @throws ShapeException when it exceeds a long
   */
  public static long byteSize(DType dtype, Shape shape) {
    long numel = shape.numel();
    if (numel > Long.MAX_VALUE >>> dtype.byteShift()) {
      throw new ShapeException(
          "allocate: " + shape + " of " + dtype + ": the size in bytes exceeds 2^63 - 1");
    }
    return numel << dtype.byteShift();
  }

  /**
   * Returns the bytes behind this handle.
   *
   * @return the storage; only to be used while this handle is open, or after retaining it
   */
  public final Storage storage() {
    return storage;
  }

  /**
   * Returns the type of the elements.
   *
   * @return the type
   */
  public final DType dtype() {
    return dtype;
  }

  /**
   * Returns where the elements lie.
   *
   * @return the layout, in elements
   */
  public final Layout layout() {
    return layout;
  }

  /**
   * Returns the storage's memory, from its start: the first element is at {@link #byteOffset()}.
   *
   * @return the segment
   */
  public final MemorySegment segment() {
    return storage.segment();
  }

  /**
   * Returns the position of the first element within {@link #segment()}.
   *
   * @return the offset in bytes
   */
  public final long byteOffset() {
    return layout.offset() << dtype.byteShift();
  }

  /**
   * Tells whether this handle has been closed.
   *
   * @return whether it may no longer be used
   */
  public final boolean isClosed() {
    return state != OPEN;
  }

  /**
   * Throws when this handle has been closed.
   *
   * @param operation the name to begin the message with
   * @throws ClosedTensorException when it has
   */
  public final void checkOpen(String operation) {
    if (state != OPEN) {
      throw closedException(operation);
    }
  }

  private ClosedTensorException closedException(String operation) {
    String how = state == CLOSED_WITH_SCOPE ? "has been closed with its scope" : "has been closed";
    return new ClosedTensorException(
        operation + ": the " + dtype + layout.shape() + " tensor " + how
            + LeakTracker.describeClosing(this));
  }

  /**
   * Sets what is given up together with this handle, in place of what was set before, which the caller
   * keeps.
   *
   * @param next the new attachment, or null for none
   * @return the attachment before
   */
  protected final @Nullable Attachment attach(@Nullable Attachment next) {
    Attachment before = attachment;
    attachment = next;
    UnscopedHandle handle = unscoped;
    if (handle != null) {
      handle.attachment = next;
    }
    return before;
  }

  /**
   * Returns what is given up together with this handle.
   *
   * @return the attachment, or null when there is none
   */
  protected final @Nullable Attachment attachment() {
    return attachment;
  }

  /** Leaves the elements to others: gives this handle's reference to the storage up. */
  @Override
  public final void close() {
    if (STATE.compareAndSet(this, OPEN, CLOSED)) {
      Scope owner = scope;
      if (owner != null) {
        owner.remove(this);
      }
      give();
    }
  }

  /** Closes on behalf of the scope, which forgets this handle by itself. */
  final void closeWithScope() {
    if (STATE.compareAndSet(this, OPEN, CLOSED_WITH_SCOPE)) {
      give();
    }
  }

  private void give() {
    if (LeakTracker.isOn()) {
      LeakTracker.closed(this);
    }
    UnscopedHandle handle = unscoped;
    if (handle != null) {
      unscoped = null;
      handle.closeNow();
      return;
    }
    Attachment attached = attachment;
    storage.release();
    if (attached != null) {
      attached.detached();
    }
  }

  /** Moves this handle out of every scope, into the care of the cleaner. Called by its scope. */
  final void leaveScopes() {
    scope = null;
    UnscopedHandle handle = UnscopedHandle.register(this);
    handle.attachment = attachment;
    unscoped = handle;
  }

  @Override
  public String toString() {
    return dtype + layout.shape().toString() + (isClosed() ? " (closed)" : "");
  }
}
