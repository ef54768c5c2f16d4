package dev.gatun.kernels;

import dev.gatun.memory.DType;
import dev.gatun.memory.DeviceMemory;
import dev.gatun.memory.Layout;
import dev.gatun.memory.MemoryPool;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import dev.gatun.memory.Storage;
import dev.gatun.memory.StridedArray;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Copies of arrays that may be on different devices, between any two layouts and element types.
 * Elements are converted and brought into row-major order where they come from, so that as few
 * bytes as can be go over.
 */
public final class Transfers {
  private Transfers() {}

  /**
   * Copies elements, converted as by {@link dev.gatun.kernels.index.IndexKernels#copy}.
   *
   * @param out what is written, on any device
   * @param in what is read, on any device; its shape is that of {@code out}
   * @throws dev.gatun.memory.GatunException when elements go to the host and earlier work of the
   *     device failed
   */
  public static void copy(StridedArray out, StridedArray in) {
    DeviceMemory to = out.storage().memory();
    DeviceMemory from = in.storage().memory();
    if (to == from) {
      Kernels.providerOf(out).indexing().copy(out, in);
      return;
    }
    if (in.dtype() != out.dtype() || !in.layout().isContiguous()) {
      try (StridedArray ready = allocate(from, out, in)) {
        Kernels.providerOf(in).indexing().copy(ready, in);
        copy(out, ready);
      }
    } else if (!out.layout().isContiguous()) {
      try (StridedArray arrived = allocate(to, out, in)) {
        copy(arrived, in);
        Kernels.providerOf(out).indexing().copy(out, arrived);
      }
    } else if (from == null && to instanceof DeviceProvider target) {
      target.upload(out, in);
    } else if (to == null && from instanceof DeviceProvider source) {
      source.download(out, in);
    } else {
      try (StridedArray between = allocate(null, out, in)) {
        copy(between, in);
        copy(out, between);
      }
    }
  }

  /**
   * Makes a storage with the same bytes in the same memory.
   *
   * @param storage what to copy
   * @return the copy, with one reference, held by the caller
   */
  public static Storage copyOf(Storage storage) {
    Storage copy = allocate(storage.memory(), storage.byteSize());
    copyBytes(copy, storage);
    return copy;
  }

  /**
   * Copies all bytes of one storage to another.
   *
   * @param to where to, of the size of the other
   * @param from where from
   */
  public static void copyBytes(Storage to, Storage from) {
    if (to.memory() == null && from.memory() == null) {
      MemorySegment.copy(from.segment(), 0, to.segment(), 0, from.byteSize());
      return;
    }
    Layout bytes = Layout.contiguous(Shape.of(from.byteSize()));
    try (Scope suspended = Scope.suspend();
        StridedArray out = new StridedArray(to.retain(), DType.UINT8, bytes);
        StridedArray in = new StridedArray(from.retain(), DType.UINT8, bytes)) {
      copy(out, in);
    }
  }

  /**
   * Hands out memory.
   *
   * @param memory the memory of a device, or null for the host's
   * @param byteSize how many bytes are needed
   * @return a storage with one reference, held by the caller; its contents are undefined
   */
  public static Storage allocate(@Nullable DeviceMemory memory, long byteSize) {
    return memory == null ? MemoryPool.shared().allocate(byteSize) : memory.allocate(byteSize);
  }

  private static StridedArray allocate(
      @Nullable DeviceMemory memory, StridedArray typed, StridedArray shaped) {
    long bytes = StridedArray.byteSize(typed.dtype(), shaped.layout().shape());
    return new StridedArray(
        allocate(memory, bytes), typed.dtype(), Layout.contiguous(shaped.layout().shape()));
  }
}
