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
 * <p>Not for use by several threads at once. Have one for each stream.
 */
public final class CudnnHandle extends OwnedHandle {
  private CudnnHandle(@Nullable CudaContext context, MemorySegment handle) {
    super(
        "a handle of cuDNN",
        handle,
        context,
        CudaStatus.CUDNN,
        "cudnnDestroy",
        cudnn_h::cudnnDestroy);
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
    cudnn_h.cudnnCreate$handle();
    try (var entered = context.enter()) {
      return createInCurrent(context);
    }
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
