package dev.gatun.kernels.scratch;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory outside the heap that grows to what was needed once and stays until it is unreachable.
 * Used by one thread at a time.
 */
public final class ScratchMemory {
  private static final long ALIGNMENT = 128;
  private static final long SMALLEST = 4096;

  private MemorySegment segment = MemorySegment.NULL;

  /** Makes memory of no size. */
  public ScratchMemory() {}

  /**
   * Returns the memory there is.
   *
   * @return what {@link #reserve} returned last
   */
  public MemorySegment segment() {
    return segment;
  }

  /**
   * Makes sure that there is enough memory. What it held is lost when it grows.
   *
   * @param bytes how many bytes are needed
   * @return at least that many bytes, aligned to cache lines
   */
  public MemorySegment reserve(long bytes) {
    if (segment.byteSize() < bytes) {
      long rounded = Math.max(bytes + bytes / 4, SMALLEST) / ALIGNMENT * ALIGNMENT + ALIGNMENT;
      segment = Arena.ofAuto().allocate(rounded, ALIGNMENT);
    }
    return segment;
  }
}
