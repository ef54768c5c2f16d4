package dev.gatun.bindings.cuda;

import dev.gatun.bindings.generated.cudnn.cudnn_h;
import dev.gatun.bindings.loading.CudaLibraries;
import dev.gatun.bindings.loading.CudaLibrary;
import dev.gatun.bindings.loading.CudaUnavailableException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * What cuDNN keeps for its calls: a device, a stream.
 *
 * <p>Threads that share one and execute plans with it wait for each other. Other calls with it are
 * for one thread at a time.
 */
public final class CudnnHandle extends OwnedHandle {
  private final @Nullable CudaContext context;

  private CudnnHandle(@Nullable CudaContext context, MemorySegment handle) {
    super(
        "a handle of cuDNN",
        handle,
        context,
        CudaStatus.CUDNN,
        "cudnnDestroy",
        cudnn_h::cudnnDestroy);
    this.context = context;
  }

  /**
   * Makes a handle.
   *
   * @param context of which device
   * @return the handle, to be closed
   * @throws CudaUnavailableException where there is no cuDNN
   * @throws CudaException where it cannot start
   */
  public static CudnnHandle create(CudaContext context) {
    CudaLibraries.system().require(CudaLibrary.CUDNN);
    link();
    try (var entered = context.enter()) {
      return createInCurrent(context);
    }
  }

  /** Links what is called with a context entered, where nothing may be linked. */
  private static void link() {
    cudnn_h.cudnnCreate$handle();
    cudnn_h.cudnnDestroy$handle();
    cudnn_h.cudnnSetStream$handle();
    cudnn_h.cudnnBackendFinalize$handle();
    cudnn_h.cudnnBackendDestroyDescriptor$handle();
    cudnn_h.cudnnBackendExecute$handle();
    cudnn_h.cudnnGetErrorString$handle();
    cudnn_h.cudnnGetLastErrorString$handle();
  }

  /** Makes a handle in the context that is current, if any. */
  static CudnnHandle createInCurrent(@Nullable CudaContext context) {
    CudaLibraries.system().require(CudaLibrary.CUDNN);
    try (var arena = Arena.ofConfined()) {
      var out = arena.allocate(ValueLayout.ADDRESS);
      CudaStatus.CUDNN.check(cudnn_h.cudnnCreate(out), "cudnnCreate");
      return new CudnnHandle(context, out.get(ValueLayout.ADDRESS, 0));
    }
  }

  /** Returns the context that it was made for; null for what was current. */
  @Nullable CudaContext context() {
    return context;
  }

  /**
   * Queues a plan.
   *
   * @param stream where to; calls put their work there from now on
   * @return cuDNN's status
   */
  synchronized int execute(CudaStream stream, CudnnDescriptor plan, CudnnDescriptor pack) {
    var handle = handle();
    var queue = stream.handle();
    var planned = plan.handle();
    var operands = pack.handle();
    try (var entered = stream.context().enter()) {
      int status = cudnn_h.cudnnSetStream(handle, queue);
      return status != 0 ? status : cudnn_h.cudnnBackendExecute(handle, planned, operands);
    }
  }

  /**
   * Sets where calls put their work from now on.
   *
   * @param stream of the same device
   */
  public void setStream(CudaStream stream) {
    CudaStatus.CUDNN.check(
        cudnn_h.cudnnSetStream(handle(), stream.handle()), "cudnnSetStream", stream);
  }
}
