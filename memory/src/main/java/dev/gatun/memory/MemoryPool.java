package dev.gatun.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Off-heap memory for tensors, taken from the operating system in slabs and handed out in blocks of
 * {@linkplain SizeClasses a few sizes}, aligned to 128 bytes. Blocks that come back are kept for the
 * next tensor: a training loop in its steady state never asks the operating system.
 *
 * <p>Small blocks are carved from slabs of a mebibyte or more, which stay until the pool is closed.
 * Blocks of a mebibyte and up are slabs of their own, which {@link #trim()} can give back. A pool
 * never closes memory on its own accord: closing shared memory stops every thread of the JVM for a
 * moment (openjdk/jdk pull request 20158), so it happens only when asked for.
 *
 * <p>Contents of a block are what its last user left there.
 *
 * <p>Thread-safe. Threads, virtual ones included, work on separate free lists most of the time.
 */
public final class MemoryPool implements AutoCloseable {
  /** The system property with the limit of {@link #shared()}, in bytes. */
  public static final String LIMIT_PROPERTY = "gatun.memory.limit";

  private static final long CARVED_SLAB_BYTES = 4L << 20;

  private static final MemoryPool SHARED =
      new MemoryPool("shared", Long.getLong(LIMIT_PROPERTY, PhysicalMemory.usableBytes()));

  private final String name;
  private final FreeLists[] stripes;
  private final Object growing = new Object();
  private final List<Arena> slabs = new ArrayList<>();
  private final AtomicLong inUseBytes = new AtomicLong();
  private final AtomicLong cleanedHandles = new AtomicLong();
  private volatile long peakBytes;
  private volatile long limitBytes;
  private volatile long reservedBytes;
  private long systemAllocations;
  private MemorySegment carving = MemorySegment.NULL;
  private volatile boolean closed;

  /**
   * Opens a pool of its own.
   *
   * @param name what error messages and reports call it
   * @param limitBytes the most bytes it will take from the operating system
   * @throws ArgumentException when the limit is negative
   */
  public MemoryPool(String name, long limitBytes) {
    this.name = name;
    int count = Integer.highestOneBit(Runtime.getRuntime().availableProcessors() * 4 - 1);
    this.stripes = new FreeLists[Math.clamp(count, 4, 64)];
    for (int i = 0; i < stripes.length; i++) {
      stripes[i] = new FreeLists();
    }
    this.limitBytes = checkLimit(limitBytes);
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

  /**
   * Hands out a block.
   *
   * @param byteSize how many bytes are needed; 0 is fine
   * @return a storage with one reference, held by the caller; its contents are undefined
   * @throws ArgumentException when the size is negative
   * @throws MemoryLimitException when the limit or the operating system refuses; the pool is unchanged
   *     and goes on working
   */
  public Storage allocate(long byteSize) {
    if (byteSize < 0) {
      throw new ArgumentException("allocate: " + byteSize + " bytes is negative");
    }
    if (byteSize > 1L << 61) {
      throw refused(byteSize, "it is beyond what any machine has");
    }
    int sizeClass = SizeClasses.of(byteSize);
    int home = home();
    Block block = stripes[home].take(sizeClass);
    if (block == null) {
      block = allocateElsewhere(home, sizeClass, byteSize);
    }
    long inUse = inUseBytes.addAndGet(SizeClasses.bytes(sizeClass));
    if (inUse > peakBytes) {
      raisePeak(inUse);
    }
    return new Storage(block, byteSize);
  }

  private int home() {
    return (int) Thread.currentThread().threadId() & stripes.length - 1;
  }

  private void raisePeak(long inUse) {
    synchronized (growing) {
      peakBytes = Math.max(peakBytes, inUse);
    }
  }

  private Block allocateElsewhere(int home, int sizeClass, long byteSize) {
    for (int i = 1; i < stripes.length; i++) {
      Block block = stripes[(home + i) & (stripes.length - 1)].take(sizeClass);
      if (block != null) {
        return block;
      }
    }
    Block block = grow(stripes[home], sizeClass, byteSize);
    stripes[home].countNew();
    return block;
  }

  private Block grow(FreeLists stripe, int sizeClass, long byteSize) {
    long blockBytes = SizeClasses.bytes(sizeClass);
    synchronized (growing) {
      if (closed) {
        throw new MemoryLimitException("allocate: the pool '" + name + "' is closed");
      }
      if (blockBytes >= SizeClasses.OWN_SLAB_BYTES) {
        Arena arena = Arena.ofShared();
        MemorySegment segment = reserve(arena, blockBytes, byteSize);
        return new Block(this, segment, sizeClass, arena);
      }
      if (carving.byteSize() < blockBytes) {
        // What is left of the old slab is too small for this class; it is the pool's to lose.
        Arena arena = Arena.ofShared();
        carving = reserve(arena, CARVED_SLAB_BYTES, byteSize);
        slabs.add(arena);
      }
      Block first = carve(blockBytes, sizeClass);
      long batch = Math.min(carving.byteSize(), CARVED_SLAB_BYTES / 64) / blockBytes;
      if (batch > 0) {
        Block last = carve(blockBytes, sizeClass);
        Block chain = last;
        for (long i = 1; i < batch; i++) {
          Block next = carve(blockBytes, sizeClass);
          next.next = chain;
          chain = next;
        }
        stripe.addChain(chain, last);
      }
      return first;
    }
  }

  private Block carve(long blockBytes, int sizeClass) {
    Block block = new Block(this, carving.asSlice(0, blockBytes), sizeClass, null);
    carving = carving.asSlice(blockBytes);
    return block;
  }

  private MemorySegment reserve(Arena arena, long bytes, long asked) {
    if (bytes > limitBytes - reservedBytes) {
      releaseOwnSlabs();
    }
    if (bytes > limitBytes - reservedBytes) {
      arena.close();
      throw refused(asked, "the limit would be passed");
    }
    MemorySegment segment;
    try {
      segment = arena.allocate(bytes, SizeClasses.ALIGNMENT);
    } catch (OutOfMemoryError e) {
      arena.close();
      throw refused(asked, "the operating system refused (" + e.getMessage() + ")");
    }
    reservedBytes += bytes;
    systemAllocations++;
    return segment;
  }

  private MemoryLimitException refused(long asked, String why) {
    return new MemoryLimitException(
        "allocate: " + asked + " bytes from the pool '" + name + "': " + why + "; in use "
            + inUseBytes.get() + ", reserved " + reservedBytes + ", limit " + limitBytes);
  }

  /** Takes a block back from its storage. */
  void giveBack(Block block) {
    inUseBytes.getAndAdd(-SizeClasses.bytes(block.sizeClass));
    stripes[home()].put(block);
  }

  /** Counts a handle that the cleaner closed. */
  void countCleaned() {
    cleanedHandles.getAndIncrement();
  }

  /**
   * Gives cached blocks of a mebibyte and more back to the operating system. Stops every thread of the
   * JVM for a moment, once for each block: not for hot paths.
   *
   * @return the number of bytes given back
   */
  public long trim() {
    synchronized (growing) {
      return releaseOwnSlabs();
    }
  }

  private long releaseOwnSlabs() {
    long released = 0;
    for (FreeLists stripe : stripes) {
      Block block = stripe.drainOwnSlabs();
      while (block != null) {
        Block next = block.next;
        Arena arena = block.arena;
        if (arena != null) {
          arena.close();
          released += SizeClasses.bytes(block.sizeClass);
        }
        block = next;
      }
    }
    reservedBytes -= released;
    return released;
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
        blocks += stripe.liveBlocks();
      }
      long inUse = inUseBytes.get();
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
   * @return bytes in use
   */
  public long inUseBytes() {
    return inUseBytes.get();
  }

  /** Makes the number of bytes in use now the peak. */
  public void resetPeak() {
    synchronized (growing) {
      peakBytes = inUseBytes.get();
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
   * Gives all memory back to the operating system.
   *
   * @throws LeakException when blocks are still handed out; nothing is given back then, and the pool
   *     goes on working
   * @throws ArgumentException for the shared pool
   */
  @Override
  public void close() {
    if (this == SHARED) {
      throw new ArgumentException("close: the shared pool stays open as long as the process");
    }
    synchronized (growing) {
      if (closed) {
        return;
      }
      long blocks = statistics().liveBlocks();
      if (blocks > 0) {
        throw new LeakException(
            "close: " + blocks + " blocks of the pool '" + name + "' (" + inUseBytes.get()
                + " bytes) are still in use" + LeakTracker.describeSurvivors(this));
      }
      closed = true;
      releaseOwnSlabs();
      for (Arena arena : slabs) {
        arena.close();
      }
      slabs.clear();
      carving = MemorySegment.NULL;
      reservedBytes = 0;
    }
  }

  @Override
  public String toString() {
    return "MemoryPool[" + name + "]";
  }
}
