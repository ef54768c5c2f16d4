package dev.gatun.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A piece of a pool's memory, of the full size of its class. Lives as long as its pool keeps it. Or
 * what stands for a piece of a device's memory, which has a pool of its own.
 */
final class Block {
  /** Null for memory of a device. */
  final @Nullable MemoryPool pool;

  /** Null for memory of a device, which the host cannot read. */
  final @Nullable MemorySegment segment;

  /** The piece of a device's memory that this stands for; null for memory of the host. */
  final @Nullable DeviceBlock onDevice;

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
    this.onDevice = null;
    this.sizeClass = sizeClass;
    this.cacheRow = pool.usesThreadCaches() && sizeClass < ThreadCache.ROWS ? sizeClass : -1;
    this.arena = arena;
  }

  /** Stands for a piece of a device's memory. */
  Block(DeviceBlock onDevice) {
    this.pool = null;
    this.segment = null;
    this.onDevice = onDevice;
    this.sizeClass = 0;
    this.cacheRow = -1;
    this.arena = null;
  }

  /** Gives a block back that the cache of a thread has no room for. */
  void giveBack(@Nullable ThreadCache cache) {
    if (pool != null) {
      pool.giveBack(this, cache);
    } else if (onDevice != null) {
      onDevice.giveBack();
    }
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
