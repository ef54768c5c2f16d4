package dev.gatun.bindings.cuda;

import dev.gatun.bindings.generated.cuda.cuda_h;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A queue of work for a device, done in its order and beside that of other streams.
 *
 * <p>Several threads may put work in at once; in which order it is then done is theirs to settle.
 * While a stream is captured, no other thread may use it.
 */
public final class CudaStream extends OwnedHandle {
  private final CudaContext context;

  private CudaStream(CudaContext context, MemorySegment handle) {
    super(
        "a stream of " + context.device(),
        handle,
        context,
        CudaStatus.DRIVER,
        "cuStreamDestroy",
        cuda_h::cuStreamDestroy_v2);
    this.context = context;
  }

  /**
   * Makes a stream that does not wait for the default one.
   *
   * @param context of which device
   * @return the stream, to be closed; closing does not wait for the work in it, which is done all
   *     the same
   */
  public static CudaStream create(CudaContext context) {
    try (var arena = Arena.ofConfined();
        var entered = context.enter()) {
      var out = arena.allocate(ValueLayout.ADDRESS);
      CudaStatus.DRIVER.check(
          cuda_h.cuStreamCreate(out, cuda_h.CU_STREAM_NON_BLOCKING()),
          "cuStreamCreate",
          context.device());
      return new CudaStream(context, out.get(ValueLayout.ADDRESS, 0));
    }
  }

  /**
   * Returns the context.
   *
   * @return in which it was made
   */
  public CudaContext context() {
    return context;
  }

  /**
   * Waits until all work in the stream is done.
   *
   * @throws CudaException where any of it failed
   */
  public void synchronize() {
    try (var entered = context.enter()) {
      CudaStatus.DRIVER.check(cuda_h.cuStreamSynchronize(handle()), "cuStreamSynchronize", this);
    }
  }

  /**
   * Tells whether all work in the stream is done, without waiting.
   *
   * @return whether it is
   * @throws CudaException where any of it failed
   */
  public boolean isDone() {
    try (var entered = context.enter()) {
      return CudaEvent.isDone(cuda_h.cuStreamQuery(handle()), "cuStreamQuery", this);
    }
  }

  /**
   * Lets what is put in from now on wait for an event, on the device: the host does not wait.
   *
   * @param event of this device or of another
   */
  public void waitFor(CudaEvent event) {
    try (var entered = context.enter()) {
      CudaStatus.DRIVER.check(
          cuda_h.cuStreamWaitEvent(handle(), event.handle(), cuda_h.CU_EVENT_WAIT_DEFAULT()),
          "cuStreamWaitEvent",
          this);
    }
  }

  /**
   * Allocates memory from the device's pool, in the order of this stream: work put in afterwards
   * may use it.
   *
   * @param byteSize its size, not negative
   * @return the memory, to be given to {@link #free}
   * @throws CudaException where the device has not that much left
   */
  public DevicePointer allocate(long byteSize) {
    if (byteSize == 0) {
      return DevicePointer.NULL;
    }
    try (var arena = Arena.ofConfined();
        var entered = context.enter()) {
      var out = arena.allocate(ValueLayout.JAVA_LONG);
      int status = cuda_h.cuMemAllocAsync(out, byteSize, handle());
      if (status != 0) {
        throw CudaStatus.DRIVER.failure(status, "cuMemAllocAsync", byteSize + " bytes", this);
      }
      return new DevicePointer(out.get(ValueLayout.JAVA_LONG, 0), byteSize);
    }
  }

  /**
   * Gives memory back in the order of this stream: work put in before may still use it.
   *
   * @param memory what {@link #allocate} returned, of this stream or of one that this one waits for
   */
  public void free(DevicePointer memory) {
    if (memory.address() == 0) {
      return;
    }
    try (var entered = context.enter()) {
      int status = cuda_h.cuMemFreeAsync(memory.address(), handle());
      if (status != 0) {
        throw CudaStatus.DRIVER.failure(status, "cuMemFreeAsync", memory, this);
      }
    }
  }

  /**
   * Copies from the host. From pinned memory the copy goes on while the host does other things, and
   * the source has to stay as it is until the stream has done it; from other memory the source has
   * been read when this returns.
   *
   * @param target where to
   * @param source where from: native memory of at most the target's size
   * @throws IllegalArgumentException where the source is on the heap, or longer than the target
   */
  public void upload(DevicePointer target, MemorySegment source) {
    checkHost(source, source.byteSize(), target.byteSize());
    try (var entered = context.enter()) {
      int status =
          cuda_h.cuMemcpyHtoDAsync_v2(target.address(), source, source.byteSize(), handle());
      if (status != 0) {
        throw CudaStatus.DRIVER.failure(status, "cuMemcpyHtoDAsync", target, source, this);
      }
    }
  }

  /**
   * Copies to the host. What is in the target is to be read after {@link #synchronize}, or after an
   * event that was recorded behind the copy.
   *
   * @param target where to: native memory of at least the source's size, alive until the copy is
   *     done
   * @param source where from
   * @throws IllegalArgumentException where the target is on the heap, or shorter than the source
   */
  public void download(MemorySegment target, DevicePointer source) {
    checkHost(target, source.byteSize(), target.byteSize());
    try (var entered = context.enter()) {
      int status =
          cuda_h.cuMemcpyDtoHAsync_v2(target, source.address(), source.byteSize(), handle());
      if (status != 0) {
        throw CudaStatus.DRIVER.failure(status, "cuMemcpyDtoHAsync", target, source, this);
      }
    }
  }

  /**
   * Copies within the device.
   *
   * @param target where to, of at least the source's size; must not overlap the source
   * @param source where from
   * @throws IllegalArgumentException where the target is shorter
   */
  public void copy(DevicePointer target, DevicePointer source) {
    if (source.byteSize() > target.byteSize()) {
      throw tooLong(source.byteSize(), target.byteSize());
    }
    copy(target.address(), source.address(), source.byteSize());
  }

  /**
   * Copies within the device. Nothing is allocated.
   *
   * @param target where to
   * @param source where from; the two must not overlap
   * @param byteSize how much
   */
  public void copy(long target, long source, long byteSize) {
    try (var entered = context.enter()) {
      int status = cuda_h.cuMemcpyDtoDAsync_v2(target, source, byteSize, handle());
      if (status != 0) {
        throw CudaStatus.DRIVER.failure(
            status,
            "cuMemcpyDtoDAsync",
            new DevicePointer(target, byteSize),
            new DevicePointer(source, byteSize),
            this);
      }
    }
  }

  /**
   * Fills memory with one byte.
   *
   * @param target what to fill
   * @param value with what
   */
  public void fill(DevicePointer target, byte value) {
    try (var entered = context.enter()) {
      int status = cuda_h.cuMemsetD8Async(target.address(), value, target.byteSize(), handle());
      if (status != 0) {
        throw CudaStatus.DRIVER.failure(status, "cuMemsetD8Async", target, value, this);
      }
    }
  }

  /**
   * Begins to record the work that is put in, instead of doing it. Calls that cannot be recorded
   * fail until {@link #endCapture}, those of other threads do not.
   */
  public void beginCapture() {
    try (var entered = context.enter()) {
      CudaStatus.DRIVER.check(
          cuda_h.cuStreamBeginCapture_v2(handle(), cuda_h.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL()),
          "cuStreamBeginCapture",
          this);
    }
  }

  /**
   * Ends what {@link #beginCapture} began, on the same thread.
   *
   * @return what was recorded, to be closed
   * @throws CudaException where the recording is not valid: a call in it failed, or another stream
   *     that took part was not joined
   */
  public CudaGraph endCapture() {
    try (var arena = Arena.ofConfined();
        var entered = context.enter()) {
      var out = arena.allocate(ValueLayout.ADDRESS);
      CudaStatus.DRIVER.check(cuda_h.cuStreamEndCapture(handle(), out), "cuStreamEndCapture", this);
      return new CudaGraph(context, out.get(ValueLayout.ADDRESS, 0));
    }
  }

  private static void checkHost(MemorySegment host, long needed, long available) {
    if (!host.isNative()) {
      throw new IllegalArgumentException("memory on the heap cannot be copied from or to a device");
    }
    if (needed > available) {
      throw tooLong(needed, available);
    }
  }

  private static IllegalArgumentException tooLong(long source, long target) {
    return new IllegalArgumentException("a copy of " + source + " bytes into a piece of " + target);
  }
}
