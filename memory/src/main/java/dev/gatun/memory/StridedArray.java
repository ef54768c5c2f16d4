package dev.gatun.memory;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import org.jspecify.annotations.Nullable;

/**
 * A handle on elements of one type, laid out in a storage. This is what kernels read and write, and
 * what tensors are built on.
 *
 * <p><b>Ownership.</b> A handle holds one reference to its storage and gives it up when it is
 * closed. It joins the innermost {@link Scope} of the thread that makes it, and is closed with it;
 * where there is no scope, a cleaner closes it some time after it has become unreachable. Closing
 * early is always allowed, closing twice does nothing. Several handles may share a storage; bytes
 * live as long as the last of them.
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

  /** Open as long as it is reachable: it holds no reference, and closing it does nothing. */
  private static final int BORROWING = -1;

  /** Open and owned by a scope, whose thread alone gives the reference to the storage up. */
  private static final int SCOPED = 0;

  /** Open and owned by no scope: whoever closes the handle gives the reference up. */
  private static final int UNSCOPED = 1;

  private static final int CLOSED = 2;
  private static final int CLOSED_WITH_SCOPE = 3;

  private final Storage storage;
  private final DType dtype;
  private final Layout layout;

  @SuppressWarnings("FieldMayBeFinal") // written through STATE
  private volatile int state;

  /** The scope that owns this handle, and its place there. Written by the scope's thread alone. */
  @Nullable Scope scope;

  int slot;

  /** Where this handle was made and closed, in leak mode. */
  volatile LeakTracker.@Nullable Trace trace;

  private @Nullable Attachment attachment;
  private @Nullable UnscopedHandle unscoped;

  /**
   * Something that is given up together with a handle, such as its place in a gradient's graph.
   * Must not refer to the handle, which could never become unreachable otherwise.
   */
  public interface Attachment {
    /**
     * Called once, when the handle is closed: by the scope's thread for a handle in a scope, else
     * by the thread that closes it, or by the cleaner's. May close other handles.
     */
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
  @SuppressWarnings(
      "this-escape") // the scope and the cleaner do not use the handle before it is made
  public StridedArray(Storage storage, DType dtype, Layout layout) {
    this.storage = storage;
    this.dtype = dtype;
    this.layout = layout;
    if (reachesBeyond(storage)) {
      storage.release();
      throw beyondException(storage);
    }
    if (LeakTracker.isOn()) {
      LeakTracker.opened(this);
    }
    ThreadCache cache = storage.cache;
    if (cache == null || !cache.belongsToThisThread()) {
      cache = ThreadCache.current();
    }
    Scope innermost = Scope.innermost(cache);
    if (innermost != null) {
      innermost.add(this);
    } else {
      unscoped = UnscopedHandle.register(this);
      state = UNSCOPED;
    }
  }

  /** Makes a handle without a reference of its own. */
  @SuppressWarnings("this-escape") // a field of its own is written
  private StridedArray(DType dtype, Layout layout, Storage storage) {
    this.storage = storage;
    this.dtype = dtype;
    this.layout = layout;
    STATE.set(this, BORROWING);
  }

  /**
   * Makes a handle for the span of a call, such as one of a kernel: it holds no reference, joins no
   * scope, and need not be closed. Cheaper than a handle of one's own.
   *
   * @param storage the bytes, to which the caller holds a reference as long as the handle is used
   * @param dtype the type of the elements
   * @param layout where the elements lie
   * @return the handle; closing it does nothing
   * @throws ShapeException when the layout reaches beyond the storage
   */
  public static StridedArray borrow(Storage storage, DType dtype, Layout layout) {
    StridedArray array = new StridedArray(dtype, layout, storage);
    if (array.reachesBeyond(storage)) {
      throw array.beyondException(storage);
    }
    return array;
  }

  private boolean reachesBeyond(Storage bytes) {
    return layout.extent() > bytes.byteSize() >>> dtype.byteShift();
  }

  private ShapeException beyondException(Storage bytes) {
    return new ShapeException(
        "layout: "
            + layout
            + " of "
            + dtype
            + " reaches beyond a storage of "
            + bytes.byteSize()
            + " bytes");
  }

  /**
   * Makes a handle on a fresh contiguous block of the shared pool, or of the device on which this
   * thread {@linkplain Placement makes} new tensors.
   *
   * @param dtype the type of the elements
   * @param shape the sizes
   * @return the handle; its elements are undefined
   * @throws MemoryLimitException when the pool refuses
   */
  public static StridedArray allocate(DType dtype, Shape shape) {
    // Made before the handle is: a fresh object needs no barrier of the garbage collector.
    long bytes = byteSize(dtype, shape);
    Storage storage =
        Placement.devicesInUse() ? Placement.allocate(bytes) : MemoryPool.shared().allocate(bytes);
    Layout layout = shape.contiguous();
    return new StridedArray(storage, dtype, layout);
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
   * Tells whether this array and another have bytes in common: elements, not merely a storage. For
   * the layouts of views, axes that lie within each other, it is found out; where that would take
   * long, the answer is {@link Overlap#UNDECIDED}.
   *
   * @param other the other one; of any type, and the same handle perhaps
   * @return whether a write to one is seen through the other
   */
  public final Overlap overlap(StridedArray other) {
    if (!storage.overlaps(other.storage) || layout.numel() == 0 || other.layout.numel() == 0) {
      return Overlap.NONE;
    }
    long distance = other.byteOffset() - byteOffset();
    if (storage != other.storage) {
      distance += other.segment().address() - segment().address();
    }
    return OverlapSearch.of(this, other, distance);
  }

  /**
   * Tells whether this handle has been closed.
   *
   * @return whether it may no longer be used
   */
  public final boolean isClosed() {
    return state >= CLOSED;
  }

  /**
   * Throws when this handle has been closed.
   *
   * @param operation the name to begin the message with
   * @throws ClosedTensorException when it has
   */
  public final void checkOpen(String operation) {
    if (state >= CLOSED) {
      throw closedException(operation);
    }
    if (!storage.isAlive()) {
      throw new ClosedTensorException(
          operation
              + ": the "
              + dtype
              + layout.shape()
              + " tensor is on memory whose arena has been closed");
    }
  }

  /**
   * Keeps this handle reachable until here, and throws when it has been closed since {@link
   * #checkOpen}: its bytes may have become another tensor's while they were used, so that what was
   * computed from them is not to be trusted. To be called once a kernel has run.
   *
   * @param operation the name to begin the message with
   * @throws ClosedTensorException when another thread has closed it
   */
  public final void checkStillOpen(String operation) {
    // What the kernel has read is read before the state is.
    VarHandle.acquireFence();
    if ((int) STATE.getOpaque(this) >= CLOSED) {
      throw new ClosedTensorException(
          operation
              + ": the "
              + dtype
              + layout.shape()
              + " tensor was closed by another thread while it was in use"
              + LeakTracker.describeClosing(trace));
    }
    Reference.reachabilityFence(this);
  }

  private ClosedTensorException closedException(String operation) {
    String how = state == CLOSED_WITH_SCOPE ? "has been closed with its scope" : "has been closed";
    return new ClosedTensorException(
        operation
            + ": the "
            + dtype
            + layout.shape()
            + " tensor "
            + how
            + LeakTracker.describeClosing(trace));
  }

  /**
   * Sets what is given up together with this handle, in place of what was set before, which the
   * caller keeps.
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

  /**
   * Throws when the elements cannot be written in place.
   *
   * @param operation the name to begin the message with
   * @throws InPlaceException when the storage is read-only, or when several indices may address one
   *     element, as in an expanded view
   */
  public final void checkWritable(String operation) {
    if (!layout.isContiguous() && layout.mayOverlapItself()) {
      throw new InPlaceException(
          operation
              + ": "
              + dtype
              + layout
              + ": several indices address one element; write to a clone of it");
    }
    if (storage.isReadOnly()) {
      throw new InPlaceException(
          operation
              + ": "
              + dtype
              + layout.shape()
              + ": the memory is read-only; write to a clone");
    }
  }

  /**
   * Hands the elements out without copying them: exactly their bytes, in row-major order and the
   * machine's byte order.
   *
   * <p>The segment is native memory, for other libraries and native calls; it is read-only when the
   * storage is. It may be used as long as this handle is open, and reachable where no scope owns
   * it. Afterwards the memory serves other tensors: reading it gives their bytes, and writing
   * spoils them. Writing through it is not seen by the checks of gradients.
   *
   * @return the segment of {@code numel * byteSize} bytes
   * @throws ClosedTensorException when this handle has been closed
   * @throws ShapeException when the layout is not contiguous: copy it first
   * @throws PlanException when this thread is capturing a plan and the elements are computed by it
   *     or come from outside
   */
  public final MemorySegment asSegment() {
    checkOpen("asSegment");
    if (!layout.isContiguous()) {
      throw new ShapeException("asSegment: " + layout + ": not contiguous; copy it first");
    }
    MemoryObserver observer = ThreadCache.current().observer;
    if (observer != null) {
      observer.handedOut("asSegment", this);
    }
    return layout.numel() == 0
        ? segment().asSlice(0, 0)
        : segment().asSlice(byteOffset(), layout.numel() << dtype.byteShift());
  }

  /**
   * Gives this handle's reference to the storage up; the last one returns the bytes to their pool.
   * A handle in a scope that is closed by another thread than the scope's gives its reference up
   * when the scope next needs room or is closed. Closing twice does nothing.
   */
  @Override
  public final void close() {
    int now = state;
    if (now == SCOPED) {
      Scope owner = scope;
      if (owner != null && owner.belongsToThisThread()) {
        STATE.setRelease(this, CLOSED);
        owner.closeEarly(this);
        return;
      }
      if (STATE.compareAndSet(this, SCOPED, CLOSED)) {
        if (LeakTracker.isOn()) {
          LeakTracker.closed(this);
        }
        return;
      }
      now = state;
    }
    if (now == UNSCOPED && STATE.compareAndSet(this, UNSCOPED, CLOSED)) {
      giveUpUnscoped(ThreadCache.current());
    }
  }

  /** Closes on behalf of the scope that owned this handle, and has forgotten it. */
  final void closeWithScope(ThreadCache cache) {
    if (state == SCOPED) {
      STATE.setRelease(this, CLOSED_WITH_SCOPE);
    }
    giveUp(cache);
  }

  /** Gives up what a closed handle holds. Called once, by the thread of the scope that owned it. */
  final void giveUp(@Nullable ThreadCache cache) {
    if (LeakTracker.isOn()) {
      LeakTracker.closed(this);
    }
    Attachment attached = attachment;
    storage.releaseByHandle(cache);
    if (attached != null) {
      attached.detached();
    }
  }

  private void giveUpUnscoped(@Nullable ThreadCache cache) {
    UnscopedHandle handle = unscoped;
    if (handle == null) {
      giveUp(cache);
      return;
    }
    if (LeakTracker.isOn()) {
      LeakTracker.closed(this);
    }
    unscoped = null;
    handle.closeNow();
  }

  /**
   * Moves this handle out of every scope. Called by the scope that owned it, and has forgotten it.
   *
   * @param operation the name to begin an error message with
   * @param cleaned whether the cleaner takes care of it from now on
   * @throws ClosedTensorException when another thread has closed the handle meanwhile
   */
  final void leaveScopes(String operation, boolean cleaned, ThreadCache cache) {
    scope = null;
    if (cleaned) {
      UnscopedHandle handle = UnscopedHandle.register(this);
      handle.attachment = attachment;
      unscoped = handle;
    }
    if (!STATE.compareAndSet(this, SCOPED, UNSCOPED)) {
      giveUpUnscoped(cache);
      throw closedException(operation);
    }
  }

  @Override
  public String toString() {
    return dtype + layout.shape().toString() + (isClosed() ? " (closed)" : "");
  }
}
