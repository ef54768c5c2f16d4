package dev.gatun.memory;

import org.jspecify.annotations.Nullable;

/**
 * What a thread keeps at hand, so that one thread-local look-up finds all of it: its innermost
 * scope, the device whose memory it fills, and small free blocks of the shared pool, which it takes
 * and puts without any atomic operation.
 *
 * <p>At most {@value #ROW_BYTES} bytes of each size class up to {@value #LARGEST_BYTES} wait here;
 * what is beyond goes to the pool in batches. The pool takes back what a thread that has ended left
 * here. A virtual thread, of which there may be very many, keeps no blocks at all.
 *
 * <p>Touched by its thread alone, except that the pool reads the counts, and empties the cache of a
 * thread that has ended.
 */
final class ThreadCache {
  /** The largest block that waits here, in bytes. */
  static final int LARGEST_BYTES = 16 << 10;

  /** The most bytes of one size class that wait here. */
  static final int ROW_BYTES = 64 << 10;

  /** The number of size classes of which blocks wait here. */
  static final int ROWS = SizeClasses.of(LARGEST_BYTES) + 1;

  private static final int ROW_SHIFT = 6;
  private static final ThreadLocal<ThreadCache> CURRENT =
      ThreadLocal.withInitial(() -> new ThreadCache(Thread.currentThread()));

  /**
   * How often a thread looks its cache up the long way before {@link #recent} is made to be its
   * own.
   */
  private static final int PATIENCE = 1024;

  private static final int[] NO_CAPACITIES = new int[ROWS];
  private static final int[] CAPACITIES = capacities();
  private static final @Nullable Block[] NO_BLOCKS = new @Nullable Block[0];

  /**
   * The cache of a thread that often asked of late: a short way that spares most look-ups. Changes
   * hands rarely, so that threads that work side by side do not wait for one another's writes. Read
   * without order: whatever is found here is compared with the thread that asks.
   */
  private static ThreadCache recent = CURRENT.get();

  final Thread thread;

  /** The scope of the thread that was opened last and is still open. */
  @Nullable Scope innermost;

  /** Where new tensors of this thread go; null for the host. */
  @Nullable DeviceMemory placement;

  /** Who sees what this thread does with memory; mostly nobody. */
  @Nullable MemoryObserver observer;

  private int lookUps;
  private final int[] counts = new int[ROWS];
  private int[] capacities = NO_CAPACITIES;

  /**
   * One row of {@code 1 << ROW_SHIFT} places for each class. A place above the count keeps the
   * block that left it: blocks come back last taken first, mostly to where they were, and a
   * reference that is there already need not be written, which would cost a barrier of the garbage
   * collector.
   */
  private @Nullable Block[] blocks = NO_BLOCKS;

  ThreadCache(Thread thread) {
    this.thread = thread;
  }

  private static int[] capacities() {
    int[] capacities = new int[ROWS];
    for (int row = 0; row < ROWS; row++) {
      capacities[row] = (int) Math.min(ROW_BYTES / SizeClasses.bytes(row), 1 << ROW_SHIFT);
    }
    return capacities;
  }

  /** Returns the cache of the thread that asks. */
  static ThreadCache current() {
    ThreadCache cache = recent;
    return cache.belongsToThisThread() ? cache : lookUp();
  }

  /** Tells whether this is the cache of the thread that asks. */
  @SuppressWarnings("ReferenceEquality") // a thread is itself alone
  boolean belongsToThisThread() {
    return thread == Thread.currentThread();
  }

  private static ThreadCache lookUp() {
    ThreadCache cache = CURRENT.get();
    if (++cache.lookUps == PATIENCE) {
      cache.lookUps = 0;
      recent = cache;
    }
    return cache;
  }

  /** Makes room for blocks. Until then {@link #take} finds none and {@link #put} refuses. */
  void keepBlocks() {
    blocks = new @Nullable Block[ROWS << ROW_SHIFT];
    capacities = CAPACITIES;
  }

  /** Tells whether blocks may wait here. */
  boolean keepsBlocks() {
    return blocks.length > 0;
  }

  /** Returns how many blocks of a class may wait here. */
  int capacity(int row) {
    return capacities[row];
  }

  /** Takes a block out; null when there is none of this class. */
  @Nullable Block take(int row) {
    int count = counts[row] - 1;
    if (count < 0) {
      return null;
    }
    counts[row] = count;
    return blocks[(row << ROW_SHIFT) + count];
  }

  /** Puts a block in; false when there is no room, or it is of a kind that does not wait here. */
  boolean put(Block block) {
    int row = block.cacheRow;
    if (row < 0) {
      return false;
    }
    int count = counts[row];
    if (count == capacities[row]) {
      return false;
    }
    int place = (row << ROW_SHIFT) + count;
    if (blocks[place] != block) {
      blocks[place] = block;
    }
    counts[row] = count + 1;
    return true;
  }

  /**
   * Takes blocks of a class out until so many are left, and chains them; null when there are none.
   */
  @Nullable Block drain(int row, int left) {
    Block chain = null;
    for (Block block; counts[row] > left && (block = take(row)) != null; ) {
      block.next = chain;
      chain = block;
    }
    return chain;
  }

  /** Returns how many blocks wait here. Exact when the thread does nothing meanwhile. */
  long blockCount() {
    long sum = 0;
    for (int count : counts) {
      sum += count;
    }
    return sum;
  }

  /** Returns how many bytes are in the blocks that wait here. Exact as {@link #blockCount}. */
  long byteCount() {
    long sum = 0;
    for (int row = 0; row < ROWS; row++) {
      sum += counts[row] * SizeClasses.bytes(row);
    }
    return sum;
  }
}
