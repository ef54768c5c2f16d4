package dev.gatun.bindings.cuda;

import dev.gatun.bindings.generated.cuda.cuda_h;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A kernel of a {@link CudaModule}. Any thread may launch it. */
public final class CudaFunction {
  /** Kept, so that the module is not found unreachable while its functions are used. */
  private final CudaModule module;

  private final String name;
  private final MemorySegment handle;

  CudaFunction(CudaModule module, String name, MemorySegment handle) {
    this.module = module;
    this.name = name;
    this.handle = handle;
  }

  /**
   * Puts a launch in a stream. Nothing is allocated.
   *
   * @param stream of the same device
   * @param blocksX blocks in the grid, along x
   * @param blocksY along y
   * @param blocksZ along z
   * @param threadsX threads in a block, along x
   * @param threadsY along y
   * @param threadsZ along z
   * @param sharedBytes shared memory of a block, beside what the kernel declares
   * @param arguments an array of pointers to the arguments, one for each; both have been read when
   *     this returns
   * @throws IllegalStateException where the module is closed
   * @throws CudaException where it cannot be launched so; what goes wrong within the kernel is told
   *     later, by whatever waits for the stream
   */
  public void launch(
      CudaStream stream,
      int blocksX,
      int blocksY,
      int blocksZ,
      int threadsX,
      int threadsY,
      int threadsZ,
      int sharedBytes,
      MemorySegment arguments) {
    checkOpen();
    try (var entered = module.context().enter()) {
      int status =
          cuda_h.cuLaunchKernel(
              handle,
              blocksX,
              blocksY,
              blocksZ,
              threadsX,
              threadsY,
              threadsZ,
              sharedBytes,
              stream.handle(),
              arguments,
              MemorySegment.NULL);
      if (status != 0) {
        throw CudaStatus.DRIVER.failure(
            status,
            "cuLaunchKernel",
            name,
            "grid " + blocksX + "x" + blocksY + "x" + blocksZ,
            "block " + threadsX + "x" + threadsY + "x" + threadsZ,
            sharedBytes + " bytes shared",
            stream);
      }
    }
  }

  /**
   * Returns one of the kernel's attributes.
   *
   * @param attribute which: one of the constants {@code CU_FUNC_ATTRIBUTE_...}
   * @return its value
   */
  public int attribute(int attribute) {
    checkOpen();
    try (var arena = Arena.ofConfined();
        var entered = module.context().enter()) {
      var out = arena.allocate(ValueLayout.JAVA_INT);
      CudaStatus.DRIVER.check(
          cuda_h.cuFuncGetAttribute(out, attribute, handle), "cuFuncGetAttribute", name);
      return out.get(ValueLayout.JAVA_INT, 0);
    }
  }

  /**
   * Sets one of the kernel's attributes: how much shared memory a launch may ask for, say.
   *
   * @param attribute which: one of the constants {@code CU_FUNC_ATTRIBUTE_...}
   * @param value its new value
   */
  public void setAttribute(int attribute, int value) {
    checkOpen();
    try (var entered = module.context().enter()) {
      CudaStatus.DRIVER.check(
          cuda_h.cuFuncSetAttribute(handle, attribute, value), "cuFuncSetAttribute", name);
    }
  }

  /**
   * Returns how many blocks of a size run on one multiprocessor at once.
   *
   * @param threads threads in a block
   * @param sharedBytes shared memory of a block, beside what the kernel declares
   * @return their number
   */
  public int blocksPerMultiprocessor(int threads, long sharedBytes) {
    checkOpen();
    try (var arena = Arena.ofConfined();
        var entered = module.context().enter()) {
      var out = arena.allocate(ValueLayout.JAVA_INT);
      CudaStatus.DRIVER.check(
          cuda_h.cuOccupancyMaxActiveBlocksPerMultiprocessor(out, handle, threads, sharedBytes),
          "cuOccupancyMaxActiveBlocksPerMultiprocessor",
          name);
      return out.get(ValueLayout.JAVA_INT, 0);
    }
  }

  private void checkOpen() {
    if (module.isClosed()) {
      throw new IllegalStateException("the module of " + name + " is closed");
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
