package dev.gatun.bindings.cuda;

import dev.gatun.bindings.generated.cuda.cuda_h;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A device's primary context: the one that every library in the process shares, so that memory and
 * streams can pass between Gatun and others.
 *
 * <p>Any number of threads may have it entered at once. Close it after all that was made in it.
 */
public final class CudaContext extends OwnedHandle {
  /** Takes a context back from the thread it was entered on. */
  public static final class Current implements AutoCloseable {
    private final CudaContext context;

    private Current(CudaContext context) {
      this.context = context;
    }

    /**
     * Makes current what was so before.
     *
     * @throws IllegalStateException where another context is taken back than was entered: a virtual
     *     thread blocked meanwhile, or other code has left one of its own
     */
    @Override
    public void close() {
      context.leave();
    }
  }

  private final CudaDevice device;
  private final Current current = new Current(this);

  private CudaContext(CudaDevice device, MemorySegment handle) {
    // The handle is the context's, but it is the device by which it is given back.
    super(
        "the context of " + device,
        handle,
        null,
        CudaStatus.DRIVER,
        "cuDevicePrimaryCtxRelease",
        context -> cuda_h.cuDevicePrimaryCtxRelease_v2(device.id()));
    this.device = device;
  }

  /**
   * Takes hold of a device's primary context, which is made where nobody has hold of it yet.
   *
   * @param device the device
   * @return the context, to be closed
   * @throws CudaException where the driver cannot make it, for want of memory for example
   */
  public static CudaContext retain(CudaDevice device) {
    LinkedCalls.link();
    try (var arena = Arena.ofConfined()) {
      var out = arena.allocate(ValueLayout.ADDRESS);
      CudaStatus.DRIVER.check(
          cuda_h.cuDevicePrimaryCtxRetain(out, device.id()), "cuDevicePrimaryCtxRetain", device);
      return new CudaContext(device, out.get(ValueLayout.ADDRESS, 0));
    }
  }

  /**
   * Returns the device.
   *
   * @return whose context this is
   */
  public CudaDevice device() {
    return device;
  }

  /**
   * Makes this the current context of the thread of the operating system that carries this one.
   * What follows, until the result is closed, must not block: the package's documentation says why.
   * Entering again within is allowed. Nothing is allocated.
   *
   * @return takes it back when closed
   */
  public Current enter() {
    CudaStatus.DRIVER.check(cuda_h.cuCtxPushCurrent_v2(handle()), "cuCtxPushCurrent", device);
    return current;
  }

  private void leave() {
    if (Thread.currentThread().isVirtual()) {
      try (var arena = Arena.ofConfined()) {
        var out = arena.allocate(ValueLayout.ADDRESS);
        CudaStatus.DRIVER.check(cuda_h.cuCtxPopCurrent_v2(out), "cuCtxPopCurrent", device);
        long left = out.get(ValueLayout.ADDRESS, 0).address();
        if (!isClosed() && left != handle().address()) {
          throw new IllegalStateException(
              "another context than that of "
                  + device
                  + " was current: this virtual thread blocked between entering and leaving it");
        }
      }
    } else {
      CudaStatus.DRIVER.check(
          cuda_h.cuCtxPopCurrent_v2(MemorySegment.NULL), "cuCtxPopCurrent", device);
    }
  }

  /**
   * Waits until the device has done all that was given to it in this context.
   *
   * @throws CudaException where any of that failed
   */
  public void synchronize() {
    try (var entered = enter()) {
      CudaStatus.DRIVER.check(cuda_h.cuCtxSynchronize(), "cuCtxSynchronize", device);
    }
  }

  /**
   * Returns how much of the device's memory is free, for every process together.
   *
   * @return in bytes
   */
  public long freeBytes() {
    try (var arena = Arena.ofConfined();
        var entered = enter()) {
      var out = arena.allocate(ValueLayout.JAVA_LONG, 2);
      CudaStatus.DRIVER.check(
          cuda_h.cuMemGetInfo_v2(out, out.asSlice(Long.BYTES)), "cuMemGetInfo", device);
      return out.get(ValueLayout.JAVA_LONG, 0);
    }
  }
}
