package dev.gatun.bindings.cuda;

import dev.gatun.bindings.generated.cuda.cuda_h;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A mark in a stream, which others can wait for.
 *
 * <p>Any thread may wait for one; recording it anew while others wait is the caller's to settle.
 */
public final class CudaEvent extends OwnedHandle {
  private final CudaContext context;

  private CudaEvent(CudaContext context, MemorySegment handle) {
    super(
        "an event of " + context.device(),
        handle,
        context,
        CudaStatus.DRIVER,
        "cuEventDestroy",
        cuda_h::cuEventDestroy_v2);
    this.context = context;
  }

  /**
   * Makes an event. Before it is recorded the first time it counts as done.
   *
   * @param context of which device
   * @param timed whether it notes the time, which costs a little
   * @return the event, to be closed
   */
  public static CudaEvent create(CudaContext context, boolean timed) {
    int flags = timed ? cuda_h.CU_EVENT_DEFAULT() : cuda_h.CU_EVENT_DISABLE_TIMING();
    try (var arena = Arena.ofConfined();
        var entered = context.enter()) {
      var out = arena.allocate(ValueLayout.ADDRESS);
      CudaStatus.DRIVER.check(cuda_h.cuEventCreate(out, flags), "cuEventCreate", context.device());
      return new CudaEvent(context, out.get(ValueLayout.ADDRESS, 0));
    }
  }

  /**
   * Marks the place behind all work that is in a stream now.
   *
   * @param stream of the same device
   */
  public void record(CudaStream stream) {
    try (var entered = context.enter()) {
      CudaStatus.DRIVER.check(
          cuda_h.cuEventRecord(handle(), stream.handle()), "cuEventRecord", stream);
    }
  }

  /**
   * Waits until the work before the mark is done.
   *
   * @throws CudaException where any of it failed
   */
  public void synchronize() {
    try (var entered = context.enter()) {
      CudaStatus.DRIVER.check(cuda_h.cuEventSynchronize(handle()), "cuEventSynchronize", this);
    }
  }

  /**
   * Tells whether the work before the mark is done, without waiting.
   *
   * @return whether it is
   * @throws CudaException where any of it failed
   */
  public boolean isDone() {
    try (var entered = context.enter()) {
      return isDone(cuda_h.cuEventQuery(handle()), "cuEventQuery", this);
    }
  }

  /**
   * Returns the time between two events, both timed and done.
   *
   * @param end the later one
   * @return in milliseconds, with a resolution of about half a microsecond
   */
  public float millisecondsUntil(CudaEvent end) {
    try (var arena = Arena.ofConfined();
        var entered = context.enter()) {
      var out = arena.allocate(ValueLayout.JAVA_FLOAT);
      CudaStatus.DRIVER.check(
          cuda_h.cuEventElapsedTime(out, handle(), end.handle()), "cuEventElapsedTime", this);
      return out.get(ValueLayout.JAVA_FLOAT, 0);
    }
  }

  static boolean isDone(int status, String call, Object argument) {
    if (status == cuda_h.CUDA_ERROR_NOT_READY()) {
      return false;
    }
    CudaStatus.DRIVER.check(status, call, argument);
    return true;
  }
}
