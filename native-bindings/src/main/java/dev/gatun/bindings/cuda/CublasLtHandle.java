package dev.gatun.bindings.cuda;

import dev.gatun.bindings.generated.cublaslt.cublasLt_h;
import dev.gatun.bindings.loading.CudaLibraries;
import dev.gatun.bindings.loading.CudaLibrary;
import dev.gatun.bindings.loading.CudaUnavailableException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * What cublasLt keeps for its calls: the kernels of a device. Streams and workspaces are arguments
 * of each call, so threads may share one.
 */
public final class CublasLtHandle extends OwnedHandle {
  private CublasLtHandle(@Nullable CudaContext context, MemorySegment handle) {
    super(
        "a handle of cublasLt",
        handle,
        context,
        CudaStatus.CUBLAS_LT,
        "cublasLtDestroy",
        cublasLt_h::cublasLtDestroy);
  }

  /**
   * Makes a handle.
   *
   * @param context of which device
   * @return the handle, to be closed
   * @throws CudaUnavailableException where there is no cublasLt
   * @throws CudaException where it cannot start
   */
  public static CublasLtHandle create(CudaContext context) {
    CudaLibraries.system().require(CudaLibrary.CUBLAS_LT);
    cublasLt_h.cublasLtCreate$handle();
    try (var entered = context.enter()) {
      return createInCurrent(context);
    }
  }

  /** Makes a handle in the context that is current, if any. */
  static CublasLtHandle createInCurrent(@Nullable CudaContext context) {
    CudaLibraries.system().require(CudaLibrary.CUBLAS_LT);
    try (var arena = Arena.ofConfined()) {
      var out = arena.allocate(ValueLayout.ADDRESS);
      CudaStatus.CUBLAS_LT.check(cublasLt_h.cublasLtCreate(out), "cublasLtCreate");
      return new CublasLtHandle(context, out.get(ValueLayout.ADDRESS, 0));
    }
  }
}
