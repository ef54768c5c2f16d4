package dev.gatun.kernels.record;

import dev.gatun.memory.DType;
import dev.gatun.memory.Layout;
import dev.gatun.memory.Storage;
import dev.gatun.memory.StridedArray;

/**
 * An array as a kernel saw it. Holds no reference to the storage, which may have gone since.
 *
 * @param storage which bytes it looked into
 * @param dtype the type of the elements
 * @param layout where the elements lay
 */
public record RecordedArray(Storage storage, DType dtype, Layout layout) {
  static RecordedArray of(StridedArray array) {
    return new RecordedArray(array.storage(), array.dtype(), array.layout());
  }

  static RecordedArray[] of(StridedArray[] arrays) {
    RecordedArray[] result = new RecordedArray[arrays.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = of(arrays[i]);
    }
    return result;
  }

  @Override
  public String toString() {
    return dtype.toString() + layout.shape();
  }
}
