package dev.gatun.bindings.cuda;

import dev.gatun.bindings.generated.cuda.cuda_h;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Compiled kernels, loaded to a device.
 *
 * <p>Any thread may look functions up. They are part of the module, and gone when it is closed.
 */
public final class CudaModule extends OwnedHandle {
  private static final int LOG_BYTES = 16 << 10;

  private final CudaContext context;

  private CudaModule(CudaContext context, MemorySegment handle) {
    super(
        "a module of " + context.device(),
        handle,
        context,
        CudaStatus.DRIVER,
        "cuModuleUnload",
        cuda_h::cuModuleUnload);
    this.context = context;
  }

  /**
   * Loads kernels.
   *
   * @param context to which device
   * @param image a cubin for that device, or PTX, which the driver then compiles
   * @return the module, to be closed
   * @throws CudaException where the image is not for this device, or does not compile; with what
   *     the driver's compiler says
   */
  public static CudaModule load(CudaContext context, byte[] image) {
    try (var arena = Arena.ofConfined();
        var entered = context.enter()) {
      // PTX is a string: the zero behind it is its end.
      var copy = arena.allocate(image.length + 1L, Long.BYTES);
      MemorySegment.copy(image, 0, copy, ValueLayout.JAVA_BYTE, 0, image.length);
      var log = arena.allocate(LOG_BYTES);
      var options = arena.allocate(ValueLayout.JAVA_INT, 2);
      options.setAtIndex(ValueLayout.JAVA_INT, 0, cuda_h.CU_JIT_ERROR_LOG_BUFFER());
      options.setAtIndex(ValueLayout.JAVA_INT, 1, cuda_h.CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES());
      var values = arena.allocate(ValueLayout.ADDRESS, 2);
      values.setAtIndex(ValueLayout.ADDRESS, 0, log);
      // A number, in the place of a pointer: so the driver wants it.
      values.setAtIndex(ValueLayout.ADDRESS, 1, MemorySegment.ofAddress(LOG_BYTES));
      var out = arena.allocate(ValueLayout.ADDRESS);
      int status = cuda_h.cuModuleLoadDataEx(out, copy, 2, options, values);
      if (status != 0) {
        throw CudaStatus.DRIVER.failure(
            status, "cuModuleLoadDataEx", image.length + " bytes", log.getString(0).strip());
      }
      return new CudaModule(context, out.get(ValueLayout.ADDRESS, 0));
    }
  }

  /**
   * Returns a kernel.
   *
   * @param name its name, as the compiler wrote it: declare it {@code extern "C"}
   * @return the kernel
   * @throws CudaException where the module has none of that name
   */
  public CudaFunction function(String name) {
    try (var arena = Arena.ofConfined();
        var entered = context.enter()) {
      var out = arena.allocate(ValueLayout.ADDRESS);
      CudaStatus.DRIVER.check(
          cuda_h.cuModuleGetFunction(out, handle(), arena.allocateFrom(name)),
          "cuModuleGetFunction",
          name);
      return new CudaFunction(this, name, out.get(ValueLayout.ADDRESS, 0));
    }
  }

  CudaContext context() {
    return context;
  }
}
