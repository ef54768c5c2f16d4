package dev.gatun.memory;

import org.jspecify.annotations.Nullable;

/**
 * Where a thread makes new tensors, and with whose kernels it computes: on the host, unless it says
 * otherwise. Operations go where their operands are, whatever the thread says.
 *
 * <p>A process without devices pays one look at a field for it.
 */
public final class Placement {
  /** Whether any memory of a device has been handed out. Never goes back to false. */
  private static boolean devicesInUse;

  private Placement() {}

  /**
   * Tells whether tensors may be elsewhere than on the host. Another thread's first use may be seen
   * late; what that thread hands on is seen.
   *
   * @return whether a device's memory has been used
   */
  public static boolean devicesInUse() {
    return devicesInUse;
  }

  /** Takes note that memory of a device is about to be handed out. */
  public static void countDevice() {
    devicesInUse = true;
  }

  /**
   * Returns where this thread makes new tensors.
   *
   * @return the memory of a device, or null for the host's
   */
  public static @Nullable DeviceMemory current() {
    return devicesInUse ? ThreadCache.current().placement : null;
  }

  /**
   * Has this thread make new tensors elsewhere. To be undone in a {@code finally}, with what is
   * returned.
   *
   * @param memory the memory of a device, or null for the host's
   * @return where it made them until now
   */
  public static @Nullable DeviceMemory enter(@Nullable DeviceMemory memory) {
    ThreadCache cache = ThreadCache.current();
    DeviceMemory before = cache.placement;
    cache.placement = memory;
    return before;
  }

  /**
   * Hands out memory where this thread makes new tensors.
   *
   * @param byteSize how many bytes are needed; 0 is fine
   * @return a storage with one reference, held by the caller; its contents are undefined
   * @throws ArgumentException when the size is negative
   * @throws MemoryLimitException when there is not that much
   */
  public static Storage allocate(long byteSize) {
    DeviceMemory there = current();
    return there == null ? MemoryPool.shared().allocate(byteSize) : there.allocate(byteSize);
  }
}
