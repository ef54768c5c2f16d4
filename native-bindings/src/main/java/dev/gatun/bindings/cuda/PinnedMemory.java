package dev.gatun.bindings.cuda;

import dev.gatun.bindings.generated.cuda.cuda_h;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Memory of the host that the operating system keeps in its place, so that devices copy from and to
 * it by themselves.
 *
 * <p>It has to outlive the copies that are under way; closing it before the stream is done ends the
 * JVM, or worse.
 */
public final class PinnedMemory extends OwnedHandle {
  private final long byteSize;

  private PinnedMemory(CudaContext context, MemorySegment handle, long byteSize) {
    super(
        byteSize + " bytes of pinned memory",
        handle,
        context,
        CudaStatus.DRIVER,
        "cuMemFreeHost",
        cuda_h::cuMemFreeHost);
    this.byteSize = byteSize;
  }

  /**
   * Allocates pinned memory, for the use of every device. That takes long, so keep what you have.
   *
   * @param context in which to allocate it
   * @param byteSize its size, above 0
   * @return the memory, to be closed; what is in it is not defined
   * @throws CudaException where the host has not that much to give
   */
  public static PinnedMemory allocate(CudaContext context, long byteSize) {
    try (var arena = Arena.ofConfined();
        var entered = context.enter()) {
      var out = arena.allocate(ValueLayout.ADDRESS);
      CudaStatus.DRIVER.check(
          cuda_h.cuMemHostAlloc(out, byteSize, cuda_h.CU_MEMHOSTALLOC_PORTABLE()),
          "cuMemHostAlloc",
          byteSize);
      return new PinnedMemory(context, out.get(ValueLayout.ADDRESS, 0), byteSize);
    }
  }

  /**
   * Returns the memory. The segment does not know when it is given back: do not use it after.
   *
   * @return a segment of the allocated size
   * @throws IllegalStateException when it has been closed
   */
  public MemorySegment segment() {
    return handle().reinterpret(byteSize);
  }
}
