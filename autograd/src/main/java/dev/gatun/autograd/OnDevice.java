package dev.gatun.autograd;

import dev.gatun.memory.DeviceMemory;
import dev.gatun.memory.Placement;
import dev.gatun.memory.ScopeException;
import org.jspecify.annotations.Nullable;

/**
 * A time in which a thread makes new tensors on a device: see {@link
 * Gatun#on(dev.gatun.memory.Device)}. Ended by closing it, by the same thread.
 */
public final class OnDevice implements AutoCloseable {
  private final Thread thread = Thread.currentThread();
  private final @Nullable DeviceMemory before;

  OnDevice(@Nullable DeviceMemory memory) {
    before = Placement.enter(memory);
  }

  /**
   * Has the thread make new tensors where it did before.
   *
   * @throws ScopeException when another thread asks for it
   */
  @Override
  public void close() {
    if (thread != Thread.currentThread()) {
      throw new ScopeException("close: the choice of a device belongs to the thread that made it");
    }
    Placement.enter(before);
  }
}
