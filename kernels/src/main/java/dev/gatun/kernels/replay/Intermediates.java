package dev.gatun.kernels.replay;

import dev.gatun.kernels.record.RecordedArray;
import dev.gatun.kernels.record.RecordedStep.Origin;
import dev.gatun.memory.DType;
import dev.gatun.memory.Layout;
import dev.gatun.memory.MemoryPool;
import dev.gatun.memory.Storage;
import java.util.Map;

/** Makes intermediates that the recorded step did not have. */
final class Intermediates {
  private Intermediates() {}

  /**
   * Makes one.
   *
   * @param origins where storages come from; that of the new one is added
   * @param type its element type
   * @param elements for how many elements there is room
   * @param layout where they are
   * @return the array, which like all intermediates stands for a place in a slab
   */
  static RecordedArray array(
      Map<Storage, Origin> origins, DType type, long elements, Layout layout) {
    Storage storage = MemoryPool.shared().allocate(elements << type.byteShift());
    storage.release();
    origins.put(storage, Origin.TRANSIENT);
    return new RecordedArray(storage, type, layout);
  }
}
