package dev.gatun.bindings.cuda;

import dev.gatun.bindings.generated.cublas.cublas_h;
import dev.gatun.bindings.loading.CudaLibraries;
import dev.gatun.bindings.loading.CudaLibrary;
import dev.gatun.bindings.loading.CudaUnavailableException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * What cuBLAS keeps for its calls: a stream, a workspace, modes.
 *
 * <p>Not for use by several threads at once: setting a stream and calling belong together, and so
 * does the workspace. Have one for each stream.
 */
public final class CublasHandle extends OwnedHandle {
  private CublasHandle(@Nullable CudaContext context, MemorySegment handle) {
    super(
        "a handle of cuBLAS",
        handle,
        context,
        CudaStatus.CUBLAS,
        "cublasDestroy",
        cublas_h::cublasDestroy_v2);
  }

  /**
   * Makes a handle. Scalars are then read from the host's memory, at the call.
   *
   * @param context of which device
   * @return the handle, to be closed
   * @throws CudaUnavailableException where there is no cuBLAS
   * @throws CudaException where it cannot start, for want of memory for example
   */
  public static CublasHandle create(CudaContext context) {
    CudaLibraries.system().require(CudaLibrary.CUBLAS);
    cublas_h.cublasCreate_v2$handle();
    try (var entered = context.enter()) {
      return createInCurrent(context);
    }
  }

  /** Makes a handle in the context that is current, if any. */
  static CublasHandle createInCurrent(@Nullable CudaContext context) {
    CudaLibraries.system().require(CudaLibrary.CUBLAS);
    try (var arena = Arena.ofConfined()) {
      var out = arena.allocate(ValueLayout.ADDRESS);
      CudaStatus.CUBLAS.check(cublas_h.cublasCreate_v2(out), "cublasCreate");
      return new CublasHandle(context, out.get(ValueLayout.ADDRESS, 0));
    }
  }

  /**
   * Sets where calls put their work from now on. The workspace goes back to cuBLAS's own.
   *
   * @param stream of the same device
   */
  public void setStream(CudaStream stream) {
    CudaStatus.CUBLAS.check(
        cublas_h.cublasSetStream_v2(handle(), stream.handle()), "cublasSetStream", stream);
  }

  /**
   * Sets the memory that calls may use meanwhile; without one of the caller's, capture is not
   * possible with every call.
   *
   * @param workspace aligned to 256 bytes, alive for as long as it is set and work goes on
   */
  public void setWorkspace(DevicePointer workspace) {
    CudaStatus.CUBLAS.check(
        cublas_h.cublasSetWorkspace_v2(
            handle(), MemorySegment.ofAddress(workspace.address()), workspace.byteSize()),
        "cublasSetWorkspace",
        workspace);
  }

  /**
   * Sets how exact products are.
   *
   * @param mode one of the constants {@code CUBLAS_..._MATH}
   */
  public void setMathMode(int mode) {
    CudaStatus.CUBLAS.check(cublas_h.cublasSetMathMode(handle(), mode), "cublasSetMathMode", mode);
  }
}
