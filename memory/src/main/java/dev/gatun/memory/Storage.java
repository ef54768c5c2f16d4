package dev.gatun.memory;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that tensors look into: one block of a {@link MemoryPool}, a segment that somebody else
 * owns, or a piece of a device's memory. Counted: whoever holds on to a storage {@linkplain
 * #retain() retains} it, and the block goes back to its pool with the last {@linkplain #release()
 * release}.
 *
 * <p>The version counts writes, so that a gradient which needs the old bytes can tell that they are
 * gone.
 *
 * <p>Counting is safe from any thread. Reading and writing the bytes is not synchronised: threads
 * that share a storage order their accesses themselves.
 */
public final class Storage {
  private static final VarHandle OTHERS;

  static {
    try {
      OTHERS = MethodHandles.lookup().findVarHandle(Storage.class, "others", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Null where the bytes are on a device. */
  private final @Nullable MemorySegment segment;

  private final long byteSize;
  private final @Nullable Block block;

  /** The cache of the thread that allocated this storage, where it went that way. */
  final @Nullable ThreadCache cache;

  /**
   * The number of references beside the first; negative once the last is gone. Counted from 0 and
   * read through {@link #OTHERS} as if volatile, so that making a storage costs no fence.
   */
  @SuppressWarnings("UnusedVariable") // read through OTHERS
  private int others;

  private int version;

  Storage(Block block, long byteSize, @Nullable ThreadCache cache) {
    this.segment = block.segment;
    this.byteSize = byteSize;
    this.block = block;
    this.cache = cache;
  }

  private Storage(MemorySegment segment) {
    this.segment = segment;
    this.byteSize = segment.byteSize();
    this.block = null;
    this.cache = null;
  }

  /**
   * Makes a storage of a segment without copying it: direct buffers, mapped files, arena
   * allocations. The segment stays its owner's. Should the owner close it while tensors look into
   * it, their next access throws {@link IllegalStateException}; nothing crashes.
   *
   * @param segment native memory that every thread may access; read-only segments make read-only
   *     storages
   * @return a storage with one reference, held by the caller
   * @throws ArgumentException when the segment is on the heap, confined to a thread, or closed
   */
  public static Storage wrap(MemorySegment segment) {
    if (!segment.isNative()) {
      throw new ArgumentException("wrap: a segment on the heap: wrap native memory, or copy");
    }
    if (!segment.scope().isAlive()) {
      throw new ArgumentException("wrap: a segment whose arena has been closed");
    }
    if (!segment.isAccessibleBy(NO_THREAD)) {
      throw new ArgumentException(
          "wrap: a segment confined to one thread: worker threads could not read it; allocate it"
              + " from a shared, automatic or global arena");
    }
    return new Storage(segment);
  }

  /**
   * Makes a storage of a direct or mapped buffer without copying it: the bytes from its position to
   * its limit as they are now. The buffer's own byte order plays no part: elements are read in the
   * order of the machine. The memory stays reachable as long as the storage is.
   *
   * @param buffer a direct buffer; read-only buffers make read-only storages
   * @return a storage with one reference, held by the caller
   * @throws ArgumentException when the buffer is on the heap, or is a view of a segment that {@link
   *     #wrap(MemorySegment)} refuses
   */
  public static Storage wrap(ByteBuffer buffer) {
    if (!buffer.isDirect()) {
      throw new ArgumentException("wrap: a buffer on the heap: wrap a direct one, or copy");
    }
    return wrap(MemorySegment.ofBuffer(buffer));
  }

  /** Stands for any thread but the owner of a confined segment. Never started. */
  private static final Thread NO_THREAD = Thread.ofPlatform().unstarted(() -> {});

  /**
   * Returns the memory. It may be longer than {@link #byteSize()}, since blocks come in size
   * classes; what lies beyond belongs to nobody.
   *
   * @return the segment; only to be used while holding a reference
   * @throws HostAccessException when the bytes are on a device
   */
  public MemorySegment segment() {
    MemorySegment there = segment;
    if (there == null) {
      throw notOnHost();
    }
    return there;
  }

  private HostAccessException notOnHost() {
    return new HostAccessException(
        "elements on "
            + device()
            + " are asked for on the host, which cannot read them: copy the tensor with"
            + " to(Device.CPU) first");
  }

  /**
   * Returns the number of bytes that may be used.
   *
   * @return the size asked for, or the size of the wrapped segment
   */
  public long byteSize() {
    return byteSize;
  }

  /**
   * Returns where the bytes are.
   *
   * @return the device
   */
  public Device device() {
    DeviceMemory memory = memory();
    return memory == null ? Device.CPU : memory.device();
  }

  /**
   * Returns the memory of the device that the bytes are in.
   *
   * @return the memory, always the same for one device; null for the host's
   */
  public @Nullable DeviceMemory memory() {
    DeviceBlock there = deviceBlock();
    return there == null ? null : there.memory();
  }

  /**
   * Returns the piece of a device's memory that the bytes are.
   *
   * @return the piece; null for memory of the host
   */
  public @Nullable DeviceBlock deviceBlock() {
    Block own = block;
    return own == null ? null : own.onDevice;
  }

  /**
   * Tells whether this storage and another have bytes in common: they are one, or both stand on
   * memory of somebody else's, such as two wraps of one segment.
   *
   * @param other the other one
   * @return whether a write to one may be seen through the other
   */
  public boolean overlaps(Storage other) {
    if (this == other) {
      return true;
    }
    if (isPooled() || other.isPooled()) {
      return false;
    }
    long start = segment().address();
    long otherStart = other.segment().address();
    return start < otherStart + other.byteSize() && otherStart < start + byteSize();
  }

  /**
   * Tells whether writing is refused, as for a mapped file.
   *
   * @return whether the segment is read-only
   */
  public boolean isReadOnly() {
    return block == null && segment().isReadOnly();
  }

  /** Returns the pool that the bytes are a block of; null for what somebody else owns. */
  @Nullable MemoryPool pool() {
    return block == null ? null : block.pool;
  }

  /**
   * Tells whether the bytes belong to a pool, not to an outside owner.
   *
   * @return whether the last release gives a block back to a pool
   */
  public boolean isPooled() {
    return block != null;
  }

  /**
   * Tells whether the memory is there. That of a pool always is; wrapped memory goes with its
   * arena, whatever tensors there are on it.
   *
   * @return whether the elements can be read
   */
  public boolean isAlive() {
    return block != null || segment().scope().isAlive();
  }

  /**
   * Adds a reference.
   *
   * @return this storage
   * @throws ClosedTensorException when the last reference is gone already
   */
  public Storage retain() {
    int now = others();
    while (now >= 0) {
      if (OTHERS.weakCompareAndSet(this, now, now + 1)) {
        return this;
      }
      now = others();
    }
    throw new ClosedTensorException("retain: the storage has been released by its last holder");
  }

  /**
   * Gives one reference up; the last one returns the block to its pool.
   *
   * @throws ClosedTensorException when there is no reference left to give up; nothing is returned a
   *     second time
   */
  public void release() {
    int now = others();
    while (now >= 0) {
      if (OTHERS.weakCompareAndSet(this, now, now - 1)) {
        if (now == 0) {
          giveBack(ThreadCache.current());
        }
        return;
      }
      now = others();
    }
    throw new ClosedTensorException("release: the storage has been released by its last holder");
  }

  /**
   * As {@link #release()}, for a handle, which is certain to hold a reference. The last reference
   * needs no atomic operation: nobody else holds one who could give it up, or add to it, meanwhile.
   *
   * @param cache the cache of this thread, or null to keep the block out of it
   */
  void releaseByHandle(@Nullable ThreadCache cache) {
    int now = others();
    while (now > 0) {
      if (OTHERS.weakCompareAndSet(this, now, now - 1)) {
        return;
      }
      now = others();
    }
    if (now == 0) {
      OTHERS.setRelease(this, -1);
      giveBack(cache);
    }
  }

  private int others() {
    return (int) OTHERS.getAcquire(this);
  }

  private void giveBack(@Nullable ThreadCache cache) {
    if (block != null && (cache == null || !cache.put(block))) {
      block.giveBack(cache);
    }
  }

  /**
   * Returns the number of references held at this moment.
   *
   * @return 0 once the block has gone back
   */
  public int references() {
    return others() + 1;
  }

  /**
   * Returns how often the bytes have been written in place.
   *
   * @return the version
   */
  public int version() {
    return version;
  }

  /** Counts a write in place. */
  public void bumpVersion() {
    version++;
  }

  @Override
  public String toString() {
    return "Storage["
        + byteSize
        + " bytes, version "
        + version
        + ", references "
        + references()
        + "]";
  }
}
