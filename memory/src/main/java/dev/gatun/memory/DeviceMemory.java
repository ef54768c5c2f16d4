package dev.gatun.memory;

/**
 * The memory of a device, from which storages are made. There is one object for each device that is
 * in use, so that comparing two tells whether tensors are on one device.
 *
 * <p>Safe for use by several threads.
 */
public interface DeviceMemory {
  /**
   * Returns whose memory it is.
   *
   * @return the device, never {@link Device#CPU}
   */
  Device device();

  /**
   * Hands out a piece. What it held before may still be read by work that was given to the device
   * earlier; work that this thread gives to it from now on comes after that.
   *
   * @param byteSize how many bytes are needed; 0 is fine
   * @return a storage with one reference, held by the caller; its contents are undefined
   * @throws ArgumentException when the size is negative
   * @throws MemoryLimitException when the device has not that much left, even after unused pieces
   *     were given back
   */
  Storage allocate(long byteSize);
}
