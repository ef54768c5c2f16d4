package dev.gatun.bindings.cuda;

import java.util.Objects;

/**
 * A piece of a device's memory. It is no {@code MemorySegment}, because a host that reads one whose
 * address is the device's takes the JVM down with it: only calls of CUDA can do anything with this.
 *
 * @param address where it begins, in the device's address space
 * @param byteSize how long it is
 */
public record DevicePointer(long address, long byteSize) {
  /** No memory: for what has no elements. */
  public static final DevicePointer NULL = new DevicePointer(0, 0);

  /**
   * Checks the size.
   *
   * @throws IllegalArgumentException when it is negative
   */
  public DevicePointer {
    if (byteSize < 0) {
      throw new IllegalArgumentException("a piece of memory of " + byteSize + " bytes");
    }
  }

  /**
   * Returns a part of this piece.
   *
   * @param offset where it begins, in bytes from the beginning of this
   * @param size its size in bytes
   * @return the part
   * @throws IndexOutOfBoundsException where it does not lie within this
   */
  public DevicePointer slice(long offset, long size) {
    Objects.checkFromIndexSize(offset, size, byteSize);
    return new DevicePointer(address + offset, size);
  }

  @Override
  public String toString() {
    return "0x" + Long.toHexString(address) + "[" + byteSize + "]";
  }
}
