package dev.gatun.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A piece of a pool's memory, of the full size of its class. Lives as long as its pool keeps it.
 */
final class Block {
  final MemoryPool pool;
  final MemorySegment segment;
  final int sizeClass;

  /** The row of a {@link ThreadCache} where this block may wait for its next user; else -1. */
  final int cacheRow;

  /** The arena of a block that is a slab of its own; null for one carved from a shared slab. */
  final @Nullable Arena arena;

  /** The next block in the free list or chain this block is in. */
  @Nullable Block next;

  Block(MemoryPool pool, MemorySegment segment, int sizeClass, @Nullable Arena arena) {
    this.pool = pool;
    this.segment = segment;
    this.sizeClass = sizeClass;
    this.cacheRow = pool.usesThreadCaches() && sizeClass < ThreadCache.ROWS ? sizeClass : -1;
    this.arena = arena;
  }

  /** Returns the number of blocks in the chain that starts here. */
  int chainLength() {
    int length = 0;
    for (Block block = this; block != null; block = block.next) {
      length++;
    }
    return length;
  }
}
