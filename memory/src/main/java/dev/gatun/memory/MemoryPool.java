package dev.gatun.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Off-heap memory for tensors, taken from the operating system in slabs and handed out in blocks of
 * a few sizes (multiples of 128 bytes up to 512, then four to each doubling), aligned to 128 bytes.
 * Blocks that come back are kept for the next tensor: a training loop in its steady state never
 * asks the operating system.
 *
 * <p>Blocks below a mebibyte are carved from slabs of a few, which stay until the pool is closed.
 * Larger blocks are slabs of their own, which {@link #trim()} can give back. A pool closes memory
 * only when it is asked to, or when it would fail otherwise, because that stops every thread of the
 * JVM for a moment (openjdk/jdk pull request 20158).
 *
 * <p>Contents of a block are what its last user left there.
 *
 * <p>Handles outside every {@link Scope} hold memory that the garbage collector knows nothing of. A
 * pool that must grow runs the collector first when they hold twice what they did when it last ran,
 * and more than 256 MiB, or when it would have to refuse otherwise.
 *
 * <p>Thread-safe. Threads, virtual ones included, work on separate free lists most of the time. The
 * {@linkplain #shared() shared} pool moreover lets each platform thread keep small free blocks (of
 * up to 16 KiB, and less than 1.5 MiB in all) for itself; it takes them back when the thread has
 * ended.
 */
public final class MemoryPool implements AutoCloseable {
  /**
   * The system property with the limit of {@link #shared()}: a number of bytes, or one that ends in
   * {@code k}, {@code m}, {@code g} or {@code t}.
   */
  public static final String LIMIT_PROPERTY = "gatun.memory.limit";

  private static final long CARVED_SLAB_BYTES = 4L << 20;
  private static final long CARVED_AT_ONCE_BYTES = CARVED_SLAB_BYTES / 64;

  private static final int MOST_ATTEMPTS = 4;

  private static final MemoryPool SHARED = new MemoryPool();

  private final String name;
  private final boolean threadCaches;
  private final FreeLists[] stripes;

  /** Guards what is written when the pool grows or shrinks, and the list of thread caches. */
  private final Object growing = new Object();

  private final List<Arena> slabs = new ArrayList<>();
  private final AtomicLong cleanedHandles = new AtomicLong();

  /** Bytes in blocks that are handed out, or wait in the cache of a thread. */
  private final AtomicLong bytesOut = new AtomicLong();

  private volatile ThreadCache[] caches = new ThreadCache[0];
  private volatile long peakBytes;
  private volatile long limitBytes;
  private volatile long reservedBytes;
  private long systemAllocations;
  private MemorySegment carving = MemorySegment.NULL;
  private boolean closed;

  /**
   * Opens a pool of its own.
   *
   * @param name what error messages and reports call it
   * @param limitBytes the most bytes it will take from the operating system
   * @throws ArgumentException when the limit is negative
   */
  public MemoryPool(String name, long limitBytes) {
    this.name = name;
    this.threadCaches = false;
    this.stripes = stripes();
    this.limitBytes = checkLimit(limitBytes);
  }

  /** Opens the shared pool. */
  private MemoryPool() {
    this.name = "shared";
    this.threadCaches = true;
    this.stripes = stripes();
    this.limitBytes = PhysicalMemory.limitBytes(System.getProperty(LIMIT_PROPERTY));
  }

  private static FreeLists[] stripes() {
    int count = Integer.highestOneBit(Runtime.getRuntime().availableProcessors() * 4 - 1);
    FreeLists[] stripes = new FreeLists[Math.clamp(count, 4, 64)];
    for (int i = 0; i < stripes.length; i++) {
      stripes[i] = new FreeLists();
    }
    return stripes;
  }

  /**
   * Returns the pool from which tensors are made unless told otherwise. Its limit is the system
   * property {@value #LIMIT_PROPERTY}, or nine tenths of the memory of the machine or container. It
   * cannot be closed.
   *
   * @return the process-wide pool
   */
  public static MemoryPool shared() {
    return SHARED;
  }

  private static long checkLimit(long limitBytes) {
    if (limitBytes < 0) {
      throw new ArgumentException("pool: a limit of " + limitBytes + " bytes is negative");
    }
    return limitBytes;
  }

  /** Tells whether threads keep small free blocks of this pool for themselves. */
  boolean usesThreadCaches() {
    return threadCaches;
  }

  /**
   * Hands out a block.
   *
   * @param byteSize how many bytes are needed; 0 is fine
   * @return a storage with one reference, held by the caller; its contents are undefined
   * @throws ArgumentException when the size is negative
   * @throws MemoryLimitException when the limit or the operating system refuses, or the pool has
   *     been closed; the pool is unchanged and goes on working
   */
  public Storage allocate(long byteSize) {
    if (this == SHARED && byteSize >= 0 && byteSize <= ThreadCache.LARGEST_BYTES) {
      ThreadCache cache = ThreadCache.current();
      int sizeClass = SizeClasses.of(byteSize);
      Block block = cache.take(sizeClass);
      return observed(
          new Storage(block != null ? block : refill(cache, sizeClass, byteSize), byteSize, cache),
          cache);
    }
    return observed(allocateDirectly(byteSize), ThreadCache.current());
  }

  private static Storage observed(Storage storage, ThreadCache cache) {
    MemoryObserver observer = cache.observer;
    if (observer != null) {
      observer.allocated(storage);
    }
    return storage;
  }

  private Storage allocateDirectly(long byteSize) {
    if (byteSize < 0) {
      throw new ArgumentException("allocate: " + byteSize + " bytes is negative");
    }
    if (byteSize > 1L << 61) {
      throw refused(byteSize, "it is beyond what any machine has", null);
    }
    return new Storage(take(SizeClasses.of(byteSize), 1, byteSize), byteSize, null);
  }

  /** Puts some blocks into the cache of this thread, and returns one more. */
  private Block refill(ThreadCache cache, int sizeClass, long byteSize) {
    if (!cache.keepsBlocks() && !cache.thread.isVirtual()) {
      register(cache);
    }
    Block first = take(sizeClass, Math.max(cache.capacity(sizeClass) / 2, 1), byteSize);
    Block rest = first.next;
    first.next = null;
    while (rest != null) {
      Block next = rest.next;
      rest.next = null;
      cache.put(rest);
      rest = next;
    }
    return first;
  }

  private void register(ThreadCache cache) {
    synchronized (growing) {
      emptyCachesOfEndedThreads();
      cache.keepBlocks();
      ThreadCache[] more = Arrays.copyOf(caches, caches.length + 1);
      more[caches.length] = cache;
      caches = more;
    }
  }

  /** Takes back what threads that have ended kept, and forgets their caches. */
  private void emptyCachesOfEndedThreads() {
    ThreadCache[] all = caches;
    ThreadCache[] alive = new ThreadCache[all.length];
    int count = 0;
    for (ThreadCache cache : all) {
      if (cache.thread.isAlive()) {
        alive[count++] = cache;
      } else {
        empty(cache);
      }
    }
    if (count < all.length) {
      caches = Arrays.copyOf(alive, count);
    }
  }

  private void empty(ThreadCache cache) {
    for (int row = 0; row < ThreadCache.ROWS; row++) {
      Block chain = cache.drain(row, 0);
      if (chain != null) {
        takeBack(chain);
      }
    }
  }

  /** Takes a chain of blocks of a class, at least one and at most so many. */
  private Block take(int sizeClass, int most, long byteSize) {
    int home = home();
    Block chain = takeFree(home, sizeClass, most);
    if (chain == null) {
      chain = takeNew(home, sizeClass, most, byteSize);
    }
    int length = most == 1 ? 1 : chain.chainLength();
    long now = bytesOut.addAndGet(length * SizeClasses.bytes(sizeClass));
    if (now > peakBytes) {
      raisePeak(now);
    }
    return chain;
  }

  private int home() {
    return (int) Thread.currentThread().threadId() & (stripes.length - 1);
  }

  private void raisePeak(long bytes) {
    synchronized (growing) {
      peakBytes = Math.max(peakBytes, bytes);
    }
  }

  private @Nullable Block takeFree(int home, int sizeClass, int most) {
    for (int i = 0; i < stripes.length; i++) {
      Block chain = stripes[(home + i) & (stripes.length - 1)].take(sizeClass, most);
      if (chain != null) {
        return chain;
      }
    }
    return null;
  }

  private Block takeNew(int home, int sizeClass, int most, long byteSize) {
    synchronized (growing) {
      if (closed) {
        throw new MemoryLimitException("allocate: the pool '" + name + "' is closed");
      }
      emptyCachesOfEndedThreads();
      if (UnscopedMemory.hasGrown()) {
        UnscopedMemory.collect();
      }
      for (int attempt = 1; ; attempt++) {
        // Another thread, or the cleaner, may have put blocks back meanwhile.
        Block chain = takeFree(home, sizeClass, most);
        if (chain != null) {
          return chain;
        }
        try {
          Block block = grow(stripes[home], sizeClass, byteSize);
          stripes[home].countNew();
          return block;
        } catch (MemoryLimitException e) {
          if (attempt == MOST_ATTEMPTS || !UnscopedMemory.collect()) {
            throw e;
          }
        }
      }
    }
  }

  private Block grow(FreeLists stripe, int sizeClass, long byteSize) {
    long blockBytes = SizeClasses.bytes(sizeClass);
    if (blockBytes >= SizeClasses.OWN_SLAB_BYTES) {
      Arena arena = Arena.ofShared();
      return new Block(this, reserve(arena, blockBytes, byteSize), sizeClass, arena);
    }
    if (carving.byteSize() < blockBytes) {
      startSlab(stripe, blockBytes, byteSize);
    }
    Block block = carve(sizeClass);
    long more = Math.min(carving.byteSize(), CARVED_AT_ONCE_BYTES) / blockBytes;
    for (long i = 0; i < more; i++) {
      stripe.add(carve(sizeClass));
    }
    return block;
  }

  private void startSlab(FreeLists stripe, long blockBytes, long byteSize) {
    if (CARVED_SLAB_BYTES > limitBytes - reservedBytes) {
      releaseOwnSlabs();
    }
    long allowed = (limitBytes - reservedBytes) & -SizeClasses.ALIGNMENT;
    Arena arena = Arena.ofShared();
    MemorySegment slab =
        reserve(arena, Math.max(Math.min(CARVED_SLAB_BYTES, allowed), blockBytes), byteSize);
    slabs.add(arena);
    // What is left of the slab before is too small for this class, but not for others.
    while (carving.byteSize() > 0) {
      stripe.add(carve(SizeClasses.within(carving.byteSize())));
    }
    carving = slab;
  }

  private Block carve(int sizeClass) {
    long blockBytes = SizeClasses.bytes(sizeClass);
    Block block = new Block(this, carving.asSlice(0, blockBytes), sizeClass, null);
    carving = carving.asSlice(blockBytes);
    return block;
  }

  /** Obtains memory for an arena, which is closed when there is none. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // written while growing is held, read at any time
  private MemorySegment reserve(Arena arena, long bytes, long asked) {
    boolean done = false;
    try {
      if (bytes > limitBytes - reservedBytes) {
        releaseOwnSlabs();
      }
      if (bytes > limitBytes - reservedBytes) {
        throw refused(asked, "the limit would be passed", null);
      }
      MemorySegment segment = obtain(arena, bytes, asked);
      reservedBytes += bytes;
      systemAllocations++;
      done = true;
      return segment;
    } finally {
      if (!done) {
        arena.close();
      }
    }
  }

  private MemorySegment obtain(Arena arena, long bytes, long asked) {
    try {
      return arena.allocate(bytes, SizeClasses.ALIGNMENT);
    } catch (OutOfMemoryError first) {
      if (releaseOwnSlabs() == 0) {
        throw refused(asked, "the operating system refused", first);
      }
    }
    try {
      return arena.allocate(bytes, SizeClasses.ALIGNMENT);
    } catch (OutOfMemoryError second) {
      throw refused(asked, "the operating system refused", second);
    }
  }

  private MemoryLimitException refused(long asked, String why, @Nullable Throwable cause) {
    return new MemoryLimitException(
        "allocate: "
            + asked
            + " bytes from the pool '"
            + name
            + "': "
            + why
            + "; in use "
            + inUseBytes()
            + ", reserved "
            + reservedBytes
            + ", limit "
            + limitBytes,
        cause);
  }

  /**
   * Takes a block back from its storage.
   *
   * @param cache the cache of the thread that asks, which had no room for the block; or null
   */
  void giveBack(Block block, @Nullable ThreadCache cache) {
    if (cache != null && block.cacheRow >= 0) {
      block.next = cache.drain(block.cacheRow, cache.capacity(block.cacheRow) / 2);
    }
    takeBack(block);
  }

  /** Takes a chain of blocks of one class back. */
  private void takeBack(Block chain) {
    bytesOut.getAndAdd(-chain.chainLength() * SizeClasses.bytes(chain.sizeClass));
    stripes[home()].put(chain);
  }

  /** Counts a handle that the cleaner closed. */
  void countCleaned() {
    cleanedHandles.getAndIncrement();
  }

  /**
   * Gives cached blocks of a mebibyte and more back to the operating system. Stops every thread of
   * the JVM for a moment, once for each block: not for hot paths.
   *
   * @return the number of bytes given back
   */
  public long trim() {
    synchronized (growing) {
      return releaseOwnSlabs();
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // written while growing is held, read at any time
  private long releaseOwnSlabs() {
    long released = 0;
    for (FreeLists stripe : stripes) {
      Block block = stripe.drainOwnSlabs();
      while (block != null) {
        Block next = block.next;
        if (block.arena != null && closed(block.arena)) {
          released += SizeClasses.bytes(block.sizeClass);
        } else {
          stripe.add(block);
        }
        block = next;
      }
    }
    reservedBytes -= released;
    return released;
  }

  /** Closes an arena; false when a native call that somebody else made still uses its memory. */
  private static boolean closed(Arena arena) {
    try {
      arena.close();
      return true;
    } catch (IllegalStateException e) {
      return !arena.scope().isAlive();
    }
  }

  /**
   * Returns the most bytes that this pool will take from the operating system.
   *
   * @return the limit in bytes
   */
  public long limitBytes() {
    return limitBytes;
  }

  /**
   * Sets the most bytes that this pool will take from the operating system. What it holds already
   * stays, even beyond a new limit.
   *
   * @param limitBytes the limit in bytes
   * @throws ArgumentException when it is negative
   */
  public void setLimitBytes(long limitBytes) {
    this.limitBytes = checkLimit(limitBytes);
  }

  /**
   * Returns what the pool holds. Exact when no other thread allocates meanwhile.
   *
   * @return the figures of this moment
   */
  public PoolStatistics statistics() {
    synchronized (growing) {
      long blocks = 0;
      for (FreeLists stripe : stripes) {
        blocks += stripe.blocksOut();
      }
      for (ThreadCache cache : caches) {
        blocks -= cache.blockCount();
      }
      long inUse = inUseBytes();
      return new PoolStatistics(
          inUse,
          peakBytes,
          reservedBytes - inUse,
          reservedBytes,
          limitBytes,
          blocks,
          systemAllocations,
          cleanedHandles.get());
    }
  }

  /**
   * Returns the number of bytes in blocks that are handed out. Cheaper than {@link #statistics()}.
   *
   * @return bytes in use; exact when no other thread allocates meanwhile
   */
  public long inUseBytes() {
    long inUse = bytesOut.get();
    for (ThreadCache cache : caches) {
      inUse -= cache.byteCount();
    }
    return inUse;
  }

  /**
   * Makes the number of bytes in use now the peak, together with the small free blocks that other
   * threads keep for themselves.
   */
  public void resetPeak() {
    if (threadCaches) {
      empty(ThreadCache.current());
    }
    synchronized (growing) {
      emptyCachesOfEndedThreads();
      peakBytes = bytesOut.get();
    }
  }

  /**
   * Returns the name that was given to the pool.
   *
   * @return the name
   */
  public String name() {
    return name;
  }

  /**
   * Gives all memory back to the operating system. Closing twice does nothing.
   *
   * @throws LeakException when blocks are still handed out: nothing is given back then, and the
   *     pool goes on working; or when a native call outside of Gatun still works on a block's
   *     memory: what it uses is given back by closing again
   * @throws ArgumentException for the shared pool
   */
  @Override
  public void close() {
    if (this == SHARED) {
      throw new ArgumentException("close: the shared pool stays open as long as the process");
    }
    synchronized (growing) {
      long blocks = closed ? 0 : closeUnlessInUse();
      if (blocks > 0) {
        throw new LeakException(
            "close: "
                + blocks
                + " blocks of the pool '"
                + name
                + "' ("
                + inUseBytes()
                + " bytes) are still in use"
                + LeakTracker.describeSurvivors(this));
      }
      slabs.removeIf(MemoryPool::closed);
      if (!slabs.isEmpty()) {
        throw new LeakException(
            "close: native calls still use "
                + slabs.size()
                + " slabs of the pool '"
                + name
                + "': close it again when they have returned");
      }
      reservedBytes = 0;
    }
  }

  /** Returns the number of blocks handed out; where it is 0 nothing can be handed out any more. */
  private long closeUnlessInUse() {
    for (FreeLists stripe : stripes) {
      stripe.hold();
    }
    long blocks = 0;
    for (FreeLists stripe : stripes) {
      blocks += stripe.blocksOutWhileHeld();
    }
    Block ownSlabs = null;
    if (blocks == 0) {
      closed = true;
      for (FreeLists stripe : stripes) {
        ownSlabs = stripe.forgetAllWhileHeld(ownSlabs);
      }
    }
    for (FreeLists stripe : stripes) {
      stripe.letGo();
    }
    for (Block block = ownSlabs; block != null; block = block.next) {
      if (block.arena != null) {
        slabs.add(block.arena);
      }
    }
    if (closed) {
      carving = MemorySegment.NULL;
    }
    return blocks;
  }

  @Override
  public String toString() {
    return "MemoryPool[" + name + "]";
  }
}
