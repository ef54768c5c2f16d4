package dev.gatun.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * One stripe of a pool's free blocks, a list for each size class. A thread works on the stripe of its
 * identity, so that threads rarely meet; a pool looks into the others before it asks the system for
 * memory, so that no block is stranded when a thread ends.
 *
 * <p>Held for a few instructions at a time, by a compare-and-set: whoever finds it taken tries again
 * and yields.
 */
final class FreeLists {
  private static final VarHandle HELD;

  static {
    try {
      HELD = MethodHandles.lookup().findVarHandle(FreeLists.class, "held", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final @Nullable Block[] heads = new @Nullable Block[SizeClasses.COUNT];

  @SuppressWarnings({"UnusedVariable", "FieldMayBeFinal"}) // written through HELD
  private volatile int held;

  private long liveBlocks;

  private void acquire() {
    int attempts = 0;
    while (!HELD.weakCompareAndSetAcquire(this, 0, 1)) {
      if (++attempts % 64 == 0) {
        Thread.yield();
      } else {
        Thread.onSpinWait();
      }
    }
  }

  private void free() {
    HELD.setRelease(this, 0);
  }

  /** Takes a block of a class and counts it as in use; null when there is none. */
  @Nullable Block take(int sizeClass) {
    acquire();
    Block block = heads[sizeClass];
    if (block != null) {
      heads[sizeClass] = block.next;
      liveBlocks++;
    }
    free();
    if (block != null) {
      block.next = null;
    }
    return block;
  }

  /** Puts a block back and counts it as no longer in use. */
  void put(Block block) {
    acquire();
    block.next = heads[block.sizeClass];
    heads[block.sizeClass] = block;
    liveBlocks--;
    free();
  }

  /** Counts a block that was newly made and handed out at once. */
  void countNew() {
    acquire();
    liveBlocks++;
    free();
  }

  /** Adds a chain of newly made blocks of one class. */
  void addChain(Block first, Block last) {
    acquire();
    last.next = heads[first.sizeClass];
    heads[first.sizeClass] = first;
    free();
  }

  /** Takes out every free block that is a slab of its own, as a chain. */
  @Nullable Block drainOwnSlabs() {
    Block drained = null;
    acquire();
    for (int i = SizeClasses.of(SizeClasses.OWN_SLAB_BYTES); i < heads.length; i++) {
      Block block = heads[i];
      heads[i] = null;
      while (block != null) {
        Block next = block.next;
        block.next = drained;
        drained = block;
        block = next;
      }
    }
    free();
    return drained;
  }

  /** May be negative on its own: a block may be taken from one stripe and put into another. */
  long liveBlocks() {
    acquire();
    long blocks = liveBlocks;
    free();
    return blocks;
  }
}
