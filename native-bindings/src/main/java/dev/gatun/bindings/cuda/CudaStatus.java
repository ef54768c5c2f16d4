package dev.gatun.bindings.cuda;

import dev.gatun.bindings.generated.cublas.cublas_h;
import dev.gatun.bindings.generated.cublaslt.cublasLt_h;
import dev.gatun.bindings.generated.cuda.cuda_h;
import dev.gatun.bindings.generated.cudnn.cudnn_h;
import dev.gatun.bindings.generated.nvrtc.nvrtc_h;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The status codes of each library: 0 is success everywhere, the rest differ.
 *
 * <p>In a hot path compare with 0, and come here only for the exception:
 *
 * {@snippet :
 * int status = cuda_h.cuMemsetD32Async(address, value, count, stream);
 * if (status != 0) {
 *   throw CudaStatus.DRIVER.failure(status, "cuMemsetD32Async", address, value, count);
 * }
 * }
 */
public enum CudaStatus {
  /** {@code CUresult}. */
  DRIVER(code -> driverText(code, true), code -> driverText(code, false)),
  /** {@code cublasStatus_t}. */
  CUBLAS(
      code -> text(cublas_h.cublasGetStatusName(code)),
      code -> text(cublas_h.cublasGetStatusString(code))),
  /** {@code cublasStatus_t} too, told by cublasLt. */
  CUBLAS_LT(
      code -> text(cublasLt_h.cublasLtGetStatusName(code)),
      code -> text(cublasLt_h.cublasLtGetStatusString(code))),
  /** {@code nvrtcResult}; NVRTC has one text for name and description. */
  NVRTC(code -> text(nvrtc_h.nvrtcGetErrorString(code)), code -> null),
  /** {@code cudnnStatus_t}; the description is that of the thread's last failure. */
  CUDNN(code -> text(cudnn_h.cudnnGetErrorString(code)), code -> lastOfCudnn());

  private static final int LONGEST = 1024;

  private final IntFunction<@Nullable String> names;
  private final IntFunction<@Nullable String> descriptions;

  CudaStatus(IntFunction<@Nullable String> names, IntFunction<@Nullable String> descriptions) {
    this.names = names;
    this.descriptions = descriptions;
  }

  /**
   * Returns the name of a status.
   *
   * @param code the status
   * @return for example {@code CUBLAS_STATUS_NOT_INITIALIZED}; the code where the library has no
   *     name for it
   */
  public String name(int code) {
    String name = names.apply(code);
    return name == null ? "status " + code : name;
  }

  /**
   * Returns what a status means, in the library's words.
   *
   * @param code the status
   * @return a phrase, empty where the library has none
   */
  public String description(int code) {
    String description = descriptions.apply(code);
    return description == null ? "" : description;
  }

  /**
   * Does nothing for success.
   *
   * @param code what a call returned
   * @param call the name of the C function
   * @throws CudaException for any other status
   */
  public void check(int code, String call) {
    if (code != 0) {
      throw failure(code, call);
    }
  }

  /**
   * Does nothing for success.
   *
   * @param code what a call returned
   * @param call the name of the C function
   * @param argument what it was called with, as far as it tells anything
   * @throws CudaException for any other status
   */
  public void check(int code, String call, Object argument) {
    if (code != 0) {
      throw failure(code, call, argument);
    }
  }

  /**
   * Returns the exception for a call that failed.
   *
   * @param code what it returned, not 0
   * @param call the name of the C function
   * @param arguments what it was called with, as far as that tells anything
   * @return the exception, to be thrown
   */
  public CudaException failure(int code, String call, Object... arguments) {
    var message = new StringBuilder(call).append('(');
    for (int i = 0; i < arguments.length; i++) {
      message.append(i == 0 ? "" : ", ").append(arguments[i]);
    }
    message.append(") failed: ").append(name(code)).append(" (").append(code).append(')');
    String description = description(code);
    if (!description.isEmpty()) {
      message.append(": ").append(description);
    }
    return new CudaException(this, code, call, message.toString());
  }

  boolean isOutOfMemory(int code) {
    return switch (this) {
      case DRIVER -> code == cuda_h.CUDA_ERROR_OUT_OF_MEMORY();
      case CUBLAS, CUBLAS_LT -> code == cublas_h.CUBLAS_STATUS_ALLOC_FAILED();
      case NVRTC -> code == nvrtc_h.NVRTC_ERROR_OUT_OF_MEMORY();
      case CUDNN ->
          code == cudnn_h.CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED()
              || code == cudnn_h.CUDNN_STATUS_INTERNAL_ERROR_HOST_ALLOCATION_FAILED();
    };
  }

  boolean isFatal(int code) {
    return this == DRIVER
        && (code == cuda_h.CUDA_ERROR_ILLEGAL_ADDRESS()
            || code == cuda_h.CUDA_ERROR_LAUNCH_FAILED()
            || code == cuda_h.CUDA_ERROR_LAUNCH_TIMEOUT()
            || code == cuda_h.CUDA_ERROR_ILLEGAL_INSTRUCTION()
            || code == cuda_h.CUDA_ERROR_MISALIGNED_ADDRESS()
            || code == cuda_h.CUDA_ERROR_INVALID_ADDRESS_SPACE()
            || code == cuda_h.CUDA_ERROR_INVALID_PC()
            || code == cuda_h.CUDA_ERROR_HARDWARE_STACK_ERROR()
            || code == cuda_h.CUDA_ERROR_ASSERT()
            || code == cuda_h.CUDA_ERROR_ECC_UNCORRECTABLE()
            || code == cuda_h.CUDA_ERROR_CONTEXT_IS_DESTROYED());
  }

  private static @Nullable String driverText(int code, boolean name) {
    try (var arena = Arena.ofConfined()) {
      var out = arena.allocate(ValueLayout.ADDRESS);
      int status = name ? cuda_h.cuGetErrorName(code, out) : cuda_h.cuGetErrorString(code, out);
      return status != 0 ? null : text(out.get(ValueLayout.ADDRESS, 0));
    }
  }

  private static @Nullable String lastOfCudnn() {
    try (var arena = Arena.ofConfined()) {
      var buffer = arena.allocate(LONGEST);
      cudnn_h.cudnnGetLastErrorString(buffer, LONGEST);
      return buffer.getString(0);
    }
  }

  private static @Nullable String text(MemorySegment string) {
    return string.address() == 0 ? null : string.reinterpret(LONGEST).getString(0);
  }
}
