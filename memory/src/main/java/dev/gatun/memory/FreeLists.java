package dev.gatun.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One stripe of a pool's free blocks, a list for each size class. A thread works on the stripe of
 * its identity, so that threads rarely meet; a pool looks into the others before it asks the system
 * for memory, so that no block is stranded when a thread ends.
 *
 * <p>Held for a few instructions at a time, by a compare-and-set: whoever finds it taken tries
 * again and yields.
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

  private long blocksOut;

  /**
   * Holds this stripe. The methods that end in {@code WhileHeld} ask for it; all others take it.
   */
  @SuppressWarnings("ThreadPriorityCheck") // yields only to a holder that has lost its processor
  void hold() {
    int attempts = 0;
    while (!HELD.weakCompareAndSetAcquire(this, 0, 1)) {
      if (++attempts % 64 == 0) {
        Thread.yield();
      } else {
        Thread.onSpinWait();
      }
    }
  }

  /** Lets go of this stripe. */
  void letGo() {
    HELD.setRelease(this, 0);
  }

  /** Takes a chain of blocks of a class, at most so many; null when there is none. */
  @Nullable Block take(int sizeClass, int most) {
    hold();
    Block first = heads[sizeClass];
    if (first != null) {
      Block last = first;
      int taken = 1;
      while (taken < most && last.next != null) {
        last = last.next;
        taken++;
      }
      heads[sizeClass] = last.next;
      last.next = null;
      blocksOut += taken;
    }
    letGo();
    return first;
  }

  /** Puts a chain of blocks of one class back. */
  void put(Block first) {
    Block last = first;
    int count = 1;
    while (last.next != null) {
      last = last.next;
      count++;
    }
    hold();
    last.next = heads[first.sizeClass];
    heads[first.sizeClass] = first;
    blocksOut -= count;
    letGo();
  }

  /** Counts a block that was newly made and handed out at once. */
  void countNew() {
    hold();
    blocksOut++;
    letGo();
  }

  /** Adds a block that was never handed out, or whose return is counted already. */
  void add(Block block) {
    hold();
    block.next = heads[block.sizeClass];
    heads[block.sizeClass] = block;
    letGo();
  }

  /** Takes every block that is a slab of its own out, as a chain. */
  @Nullable Block drainOwnSlabs() {
    hold();
    Block drained = drainOwnSlabsWhileHeld(null);
    letGo();
    return drained;
  }

  private @Nullable Block drainOwnSlabsWhileHeld(@Nullable Block drained) {
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
    return drained;
  }

  /** Forgets every block, but puts those that are slabs of their own before a chain. */
  @Nullable Block forgetAllWhileHeld(@Nullable Block chain) {
    Block drained = drainOwnSlabsWhileHeld(chain);
    Arrays.fill(heads, null);
    return drained;
  }

  /**
   * Returns how many more blocks were taken here than put here. May be negative: a block may be
   * taken from one stripe and put into another.
   */
  long blocksOut() {
    hold();
    long blocks = blocksOut;
    letGo();
    return blocks;
  }

  /** As {@link #blocksOut()}. */
  long blocksOutWhileHeld() {
    return blocksOut;
  }
}
