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
 * What cuDNN keeps for its calls: a device, and the stream that work is put in.
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
   * Makes a handle to choose ways of computing with.
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

  /**
   * Makes a handle that puts work in a stream.
   *
   * @param stream the stream, to be closed after the handle
   * @return the handle, to be closed
   * @throws CudaUnavailableException where there is no cuDNN
   * @throws CudaException where it cannot start
   */
  public static CudnnHandle create(CudaStream stream) {
    var handle = create(stream.context());
    boolean done = false;
    try (var entered = stream.context().enter()) {
      CudaStatus.CUDNN.check(
          cudnn_h.cudnnSetStream(handle.handle(), stream.handle()), "cudnnSetStream", stream);
      done = true;
    } finally {
      if (!done) {
        handle.close();
      }
    }
    return handle;
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
   * Queues a plan in the stream of this handle.
   *
   * @return cuDNN's status
   */
  synchronized int execute(CudnnDescriptor plan, CudnnDescriptor pack) {
    var there = context;
    if (there == null) {
      throw new IllegalStateException("a handle without a context executes nothing");
    }
    var handle = handle();
    var planned = plan.handle();
    var operands = pack.handle();
    try (var entered = there.enter()) {
      return cudnn_h.cudnnBackendExecute(handle, planned, operands);
    }
  }
}
