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
 * A part of cuDNN's graph API: a tensor, an operation, a graph, a plan. Attributes are set, then it
 * is finished, and from then on it can only be read.
 *
 * <p>Threads may share one that is finished.
 */
public final class CudnnDescriptor extends OwnedHandle {
  private final @Nullable CudaContext context;

  private CudnnDescriptor(int type, MemorySegment handle, @Nullable CudaContext context) {
    super(
        "a descriptor of cuDNN of type " + type,
        handle,
        context,
        CudaStatus.CUDNN,
        "cudnnBackendDestroyDescriptor",
        cudnn_h::cudnnBackendDestroyDescriptor);
    this.context = context;
  }

  /**
   * Makes a descriptor without attributes.
   *
   * @param type what of: one of {@code CUDNN_BACKEND_..._DESCRIPTOR}
   * @return the descriptor, to be closed
   * @throws CudaUnavailableException where there is no cuDNN
   */
  public static CudnnDescriptor create(int type) {
    return create(type, null);
  }

  /** Makes one that is finished, and given back, with a context current. */
  static CudnnDescriptor create(int type, @Nullable CudaContext context) {
    CudaLibraries.system().require(CudaLibrary.CUDNN);
    try (var arena = Arena.ofConfined()) {
      var out = arena.allocate(ValueLayout.ADDRESS);
      CudaStatus.CUDNN.check(
          cudnn_h.cudnnBackendCreateDescriptor(type, out), "cudnnBackendCreateDescriptor", type);
      return new CudnnDescriptor(type, out.get(ValueLayout.ADDRESS, 0), context);
    }
  }

  /**
   * Sets an attribute to 64-bit numbers: sizes, strides, an alignment, an identity.
   *
   * @param attribute which: one of {@code CUDNN_ATTR_...}
   * @param values its new value
   */
  public void setLongs(int attribute, long... values) {
    try (var arena = Arena.ofConfined()) {
      set(
          attribute,
          cudnn_h.CUDNN_TYPE_INT64(),
          values.length,
          arena.allocateFrom(ValueLayout.JAVA_LONG, values));
    }
  }

  /**
   * Sets an attribute to a member of an enumeration: a data type, a mode.
   *
   * @param attribute which: one of {@code CUDNN_ATTR_...}
   * @param type of which enumeration: one of {@code CUDNN_TYPE_...}
   * @param value its new value
   */
  public void setEnum(int attribute, int type, int value) {
    try (var arena = Arena.ofConfined()) {
      set(attribute, type, 1, arena.allocateFrom(ValueLayout.JAVA_INT, value));
    }
  }

  /**
   * Sets an attribute to a truth value.
   *
   * @param attribute which: one of {@code CUDNN_ATTR_...}
   * @param value its new value
   */
  public void setBoolean(int attribute, boolean value) {
    try (var arena = Arena.ofConfined()) {
      set(
          attribute,
          cudnn_h.CUDNN_TYPE_BOOLEAN(),
          1,
          arena.allocateFrom(ValueLayout.JAVA_BYTE, (byte) (value ? 1 : 0)));
    }
  }

  /**
   * Sets an attribute to addresses of a device.
   *
   * @param attribute which: one of {@code CUDNN_ATTR_...}
   * @param addresses its new value
   */
  public void setAddresses(int attribute, long... addresses) {
    try (var arena = Arena.ofConfined()) {
      set(
          attribute,
          cudnn_h.CUDNN_TYPE_VOID_PTR(),
          addresses.length,
          arena.allocateFrom(ValueLayout.JAVA_LONG, addresses));
    }
  }

  /**
   * Sets an attribute to a handle.
   *
   * @param attribute which: one of {@code CUDNN_ATTR_...}
   * @param handle open for as long as this is
   */
  public void setHandle(int attribute, CudnnHandle handle) {
    try (var arena = Arena.ofConfined()) {
      set(
          attribute,
          cudnn_h.CUDNN_TYPE_HANDLE(),
          1,
          arena.allocateFrom(ValueLayout.ADDRESS, handle.handle()));
    }
  }

  /**
   * Sets an attribute to other descriptors.
   *
   * @param attribute which: one of {@code CUDNN_ATTR_...}
   * @param values finished ones, open for as long as this is
   */
  public void setDescriptors(int attribute, CudnnDescriptor... values) {
    try (var arena = Arena.ofConfined()) {
      var array = arena.allocate(ValueLayout.ADDRESS, values.length);
      for (int i = 0; i < values.length; i++) {
        array.setAtIndex(ValueLayout.ADDRESS, i, values[i].handle());
      }
      set(attribute, cudnn_h.CUDNN_TYPE_BACKEND_DESCRIPTOR(), values.length, array);
    }
  }

  /**
   * Sets an attribute.
   *
   * @param attribute which: one of {@code CUDNN_ATTR_...}
   * @param type of what type its elements are: one of {@code CUDNN_TYPE_...}
   * @param count how many elements
   * @param values the elements, which are copied
   * @throws CudaException where it is not an attribute of this, or of another type
   */
  public void set(int attribute, int type, long count, MemorySegment values) {
    int status = cudnn_h.cudnnBackendSetAttribute(handle(), attribute, type, count, values);
    if (status != 0) {
      throw CudaStatus.CUDNN.failure(
          status, "cudnnBackendSetAttribute", this, attribute, type, count);
    }
  }

  /**
   * Reads an attribute.
   *
   * @param attribute which: one of {@code CUDNN_ATTR_...}
   * @param type of what type its elements are: one of {@code CUDNN_TYPE_...}
   * @param count how many elements there is room for
   * @param values where they are written
   * @return how many elements it has, which may be more than there was room for
   * @throws CudaException where it cannot be read
   */
  public long get(int attribute, int type, long count, MemorySegment values) {
    try (var arena = Arena.ofConfined()) {
      var out = arena.allocate(ValueLayout.JAVA_LONG);
      int status = cudnn_h.cudnnBackendGetAttribute(handle(), attribute, type, count, out, values);
      if (status != 0) {
        throw CudaStatus.CUDNN.failure(
            status, "cudnnBackendGetAttribute", this, attribute, type, count);
      }
      return out.get(ValueLayout.JAVA_LONG, 0);
    }
  }

  /**
   * Reads an attribute that is other descriptors.
   *
   * @param attribute which: one of {@code CUDNN_ATTR_...}
   * @param room descriptors of the right type without attributes, which become those
   * @return how many there are, which may be more than there was room for
   * @throws CudaException where it cannot be read
   */
  public long getDescriptors(int attribute, CudnnDescriptor... room) {
    try (var arena = Arena.ofConfined()) {
      var array = arena.allocate(ValueLayout.ADDRESS, room.length);
      for (int i = 0; i < room.length; i++) {
        array.setAtIndex(ValueLayout.ADDRESS, i, room[i].handle());
      }
      return get(attribute, cudnn_h.CUDNN_TYPE_BACKEND_DESCRIPTOR(), room.length, array);
    }
  }

  /**
   * Finishes it.
   *
   * @throws CudaException where attributes are missing or contradict each other, or where what they
   *     describe is not supported
   */
  public void finish() {
    var handle = handle();
    int status;
    if (context == null) {
      status = cudnn_h.cudnnBackendFinalize(handle);
    } else {
      try (var entered = context.enter()) {
        status = cudnn_h.cudnnBackendFinalize(handle);
      }
    }
    CudaStatus.CUDNN.check(status, "cudnnBackendFinalize", this);
  }
}
