package dev.gatun.bindings.cuda;

import dev.gatun.bindings.generated.cublaslt.cublasLt_h;
import dev.gatun.bindings.loading.CudaLibraries;
import dev.gatun.bindings.loading.CudaLibrary;
import dev.gatun.bindings.loading.CudaUnavailableException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A description that cublasLt works by: of a product, of a matrix, of what to prefer. It needs no
 * device.
 *
 * <p>Threads may share one that none of them changes.
 */
public final class CublasLtDescriptor extends OwnedHandle {
  /** What is described. */
  private enum Kind {
    MATMUL("cublasLtMatmulDesc"),
    LAYOUT("cublasLtMatrixLayout"),
    PREFERENCE("cublasLtMatmulPreference");

    private final String prefix;

    Kind(String prefix) {
      this.prefix = prefix;
    }

    int set(MemorySegment handle, int attribute, MemorySegment value) {
      long size = value.byteSize();
      return switch (this) {
        case MATMUL -> cublasLt_h.cublasLtMatmulDescSetAttribute(handle, attribute, value, size);
        case LAYOUT -> cublasLt_h.cublasLtMatrixLayoutSetAttribute(handle, attribute, value, size);
        case PREFERENCE ->
            cublasLt_h.cublasLtMatmulPreferenceSetAttribute(handle, attribute, value, size);
      };
    }

    int get(MemorySegment handle, int attribute, MemorySegment value) {
      long size = value.byteSize();
      var written = MemorySegment.NULL;
      return switch (this) {
        case MATMUL ->
            cublasLt_h.cublasLtMatmulDescGetAttribute(handle, attribute, value, size, written);
        case LAYOUT ->
            cublasLt_h.cublasLtMatrixLayoutGetAttribute(handle, attribute, value, size, written);
        case PREFERENCE ->
            cublasLt_h.cublasLtMatmulPreferenceGetAttribute(
                handle, attribute, value, size, written);
      };
    }
  }

  private final Kind kind;

  private CublasLtDescriptor(Kind kind, MemorySegment handle, Destroyer destroyer) {
    super(
        "a " + kind.prefix, handle, null, CudaStatus.CUBLAS_LT, kind.prefix + "Destroy", destroyer);
    this.kind = kind;
  }

  /**
   * Describes a product.
   *
   * @param computeType in what is computed: one of {@code CUBLAS_COMPUTE_...}
   * @param scaleType of what type alpha and beta are: one of {@code CUDA_R_...}
   * @return the description, to be closed
   * @throws CudaUnavailableException where there is no cublasLt
   */
  public static CublasLtDescriptor matmul(int computeType, int scaleType) {
    CudaLibraries.system().require(CudaLibrary.CUBLAS_LT);
    try (var arena = Arena.ofConfined()) {
      var out = arena.allocate(ValueLayout.ADDRESS);
      int status = cublasLt_h.cublasLtMatmulDescCreate(out, computeType, scaleType);
      if (status != 0) {
        throw CudaStatus.CUBLAS_LT.failure(
            status, "cublasLtMatmulDescCreate", computeType, scaleType);
      }
      return new CublasLtDescriptor(
          Kind.MATMUL, out.get(ValueLayout.ADDRESS, 0), cublasLt_h::cublasLtMatmulDescDestroy);
    }
  }

  /**
   * Describes a matrix, which lies column by column where nothing else is set.
   *
   * @param type of what type its elements are: one of {@code CUDA_R_...}
   * @param rows how many rows
   * @param columns how many columns
   * @param leading how many elements lie between the beginnings of two columns
   * @return the description, to be closed
   * @throws CudaUnavailableException where there is no cublasLt
   */
  public static CublasLtDescriptor layout(int type, long rows, long columns, long leading) {
    CudaLibraries.system().require(CudaLibrary.CUBLAS_LT);
    try (var arena = Arena.ofConfined()) {
      var out = arena.allocate(ValueLayout.ADDRESS);
      int status = cublasLt_h.cublasLtMatrixLayoutCreate(out, type, rows, columns, leading);
      if (status != 0) {
        throw CudaStatus.CUBLAS_LT.failure(
            status, "cublasLtMatrixLayoutCreate", type, rows, columns, leading);
      }
      return new CublasLtDescriptor(
          Kind.LAYOUT, out.get(ValueLayout.ADDRESS, 0), cublasLt_h::cublasLtMatrixLayoutDestroy);
    }
  }

  /**
   * Describes what to prefer where several algorithms fit.
   *
   * @return the description, to be closed
   * @throws CudaUnavailableException where there is no cublasLt
   */
  public static CublasLtDescriptor preference() {
    CudaLibraries.system().require(CudaLibrary.CUBLAS_LT);
    try (var arena = Arena.ofConfined()) {
      var out = arena.allocate(ValueLayout.ADDRESS);
      CudaStatus.CUBLAS_LT.check(
          cublasLt_h.cublasLtMatmulPreferenceCreate(out), "cublasLtMatmulPreferenceCreate");
      return new CublasLtDescriptor(
          Kind.PREFERENCE,
          out.get(ValueLayout.ADDRESS, 0),
          cublasLt_h::cublasLtMatmulPreferenceDestroy);
    }
  }

  /**
   * Sets an attribute of 32 bits: an epilogue, an operation, an order, a number of batches.
   *
   * @param attribute which: one of this kind's constants
   * @param value its new value
   * @throws CudaException where the attribute is of another size
   */
  public void setInt(int attribute, int value) {
    try (var arena = Arena.ofConfined()) {
      set(attribute, arena.allocateFrom(ValueLayout.JAVA_INT, value));
    }
  }

  /**
   * Sets an attribute of 64 bits: a stride, a size.
   *
   * @param attribute which: one of this kind's constants
   * @param value its new value
   * @throws CudaException where the attribute is of another size
   */
  public void setLong(int attribute, long value) {
    try (var arena = Arena.ofConfined()) {
      set(attribute, arena.allocateFrom(ValueLayout.JAVA_LONG, value));
    }
  }

  /** As {@link #setLong(int, long)}, with memory of the caller's for a {@code long}. */
  void setLong(int attribute, long value, MemorySegment scratch) {
    scratch.set(ValueLayout.JAVA_LONG, 0, value);
    set(attribute, scratch);
  }

  /**
   * Sets an attribute that is a pointer to memory of the device: a bias, what an epilogue keeps.
   *
   * @param attribute which: one of this kind's constants
   * @param value where it points, for as long as products are described so
   */
  public void setPointer(int attribute, DevicePointer value) {
    setLong(attribute, value.address());
  }

  /**
   * Returns an attribute of 32 bits.
   *
   * @param attribute which: one of this kind's constants
   * @return its value
   * @throws CudaException where the attribute is of another size
   */
  public int getInt(int attribute) {
    try (var arena = Arena.ofConfined()) {
      var value = arena.allocate(ValueLayout.JAVA_INT);
      get(attribute, value);
      return value.get(ValueLayout.JAVA_INT, 0);
    }
  }

  /**
   * Returns an attribute of 64 bits.
   *
   * @param attribute which: one of this kind's constants
   * @return its value
   * @throws CudaException where the attribute is of another size
   */
  public long getLong(int attribute) {
    try (var arena = Arena.ofConfined()) {
      var value = arena.allocate(ValueLayout.JAVA_LONG);
      get(attribute, value);
      return value.get(ValueLayout.JAVA_LONG, 0);
    }
  }

  private void set(int attribute, MemorySegment value) {
    int status = kind.set(handle(), attribute, value);
    if (status != 0) {
      throw CudaStatus.CUBLAS_LT.failure(status, kind.prefix + "SetAttribute", attribute);
    }
  }

  private void get(int attribute, MemorySegment value) {
    int status = kind.get(handle(), attribute, value);
    if (status != 0) {
      throw CudaStatus.CUBLAS_LT.failure(status, kind.prefix + "GetAttribute", attribute);
    }
  }
}
