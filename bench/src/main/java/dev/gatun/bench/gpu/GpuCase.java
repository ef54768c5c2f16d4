package dev.gatun.bench.gpu;

import dev.gatun.memory.Device;
import java.util.Map;

/**
 * Something that takes time on a device, in Gatun and in PyTorch.
 *
 * @param name what the row is called
 * @param settings what PyTorch's side is told: the kind of work, sizes, the type
 * @param operations floating-point operations of a call; 0 where they do not count
 * @param bytes the least that a call reads and writes; 0 where that does not count
 * @param maker makes Gatun's side
 */
record GpuCase(
    String name, Map<String, Object> settings, double operations, double bytes, Maker maker) {

  /** Makes what is timed. */
  @FunctionalInterface
  interface Maker {
    /**
     * Makes operands and what is called with them.
     *
     * @param device where it runs
     * @param resources takes what has to be closed; the tensors made meanwhile are its own already
     * @return a call, which leaves nothing behind
     */
    Runnable make(Device device, Resources resources);
  }
}
