package dev.gatun.memory;

/**
 * A piece of a device's memory, which storages are made of, one after the other: the pool of the
 * device keeps it when a storage has given it back.
 */
public abstract class DeviceBlock {
  /** The number of size classes: those of {@link MemoryPool}. */
  protected static final int SIZE_CLASSES = SizeClasses.COUNT;

  private final DeviceMemory memory;
  private final long address;
  private final Block block;

  /**
   * Describes a piece.
   *
   * @param memory whose it is
   * @param address where it begins, in the address space of the device
   */
  protected DeviceBlock(DeviceMemory memory, long address) {
    this.memory = memory;
    this.address = address;
    this.block = new Block(this);
  }

  /**
   * Returns whose this piece is.
   *
   * @return the memory of the device
   */
  public final DeviceMemory memory() {
    return memory;
  }

  /**
   * Returns where this piece begins. An address of the device: the host cannot read there.
   *
   * @return the address in bytes
   */
  public final long address() {
    return address;
  }

  /**
   * Makes a storage of this piece, which nobody else uses.
   *
   * @param byteSize how many bytes of it may be used
   * @return a storage with one reference, held by the caller
   */
  protected final Storage storage(long byteSize) {
    Storage storage = new Storage(block, byteSize, null);
    MemoryObserver observer = ThreadCache.current().observer;
    if (observer != null) {
      observer.allocated(storage);
    }
    return storage;
  }

  /** Takes this piece back: the last reference to its storage is gone. Called by any thread. */
  protected abstract void giveBack();

  /**
   * Returns the class of the smallest pieces that hold so many bytes.
   *
   * @param byteSize from 0 to 2^61
   * @return the class, below {@link #SIZE_CLASSES}
   */
  protected static int sizeClass(long byteSize) {
    return SizeClasses.of(byteSize);
  }

  /**
   * Returns the size of the pieces of a class.
   *
   * @param sizeClass the class
   * @return the size in bytes
   */
  protected static long classBytes(int sizeClass) {
    return SizeClasses.bytes(sizeClass);
  }

  /**
   * Has the garbage collector close handles that are outside every {@link Scope} and unreachable,
   * where they have grown to hold much memory since it last ran. To be called before a pool grows.
   *
   * @param needed whether to do it however little they hold, since there is no memory otherwise
   * @return whether any was closed
   */
  protected static boolean closeUnreachable(boolean needed) {
    return (needed || UnscopedMemory.hasGrown()) && UnscopedMemory.collect();
  }
}
