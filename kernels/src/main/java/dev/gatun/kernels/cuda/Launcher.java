package dev.gatun.kernels.cuda;

import dev.gatun.memory.DType;
import dev.gatun.memory.StridedArray;
import java.lang.foreign.MemorySegment;

/**
 * Runs kernels on a device, those of a thread in the order in which it launches them, and lends
 * memory there. Safe for use by several threads.
 */
interface Launcher {
  /** The most blocks along the second and third axis of a grid. */
  int MOST_BLOCKS_Y = 65535;

  /**
   * Queues a kernel.
   *
   * @param kernel what to run
   * @param blocksX blocks in the grid, along x
   * @param blocksY along y, at most {@link #MOST_BLOCKS_Y}
   * @param threads threads in a block
   * @param sharedBytes shared memory of a block, beside what the kernel declares
   * @param arguments what is handed over; has been read when this returns
   * @throws dev.gatun.memory.GatunException when it cannot be queued, with the name of the
   *     operation
   */
  void launch(
      CudaKernel kernel,
      int blocksX,
      int blocksY,
      int threads,
      int sharedBytes,
      KernelArguments arguments);

  /**
   * Queues a kernel whose threads go through elements that do not depend on each other, in steps of
   * the whole grid.
   *
   * @param kernel what to run
   * @param count the number of elements
   * @param arguments what is handed over; has been read when this returns
   */
  default void launch(CudaKernel kernel, long count, KernelArguments arguments) {
    launch(kernel, Grids.elements(count), 1, Grids.THREADS, 0, arguments);
  }

  /**
   * Queues a kernel whose threads are spread over fibres.
   *
   * @param kernel what to run
   * @param grid how threads are spread
   * @param fibres the number of fibres
   * @param arguments what is handed over, with what {@link FibreGrid#add} adds; has been read when
   *     this returns
   */
  default void launch(CudaKernel kernel, FibreGrid grid, long fibres, KernelArguments arguments) {
    launch(kernel, grid.blocks(fibres), grid.splits(), grid.threads(), 0, arguments);
  }

  /**
   * Queues a copy of elements that lie alike, and without gaps.
   *
   * @param out where to
   * @param in where from; of the same type, and of as many elements
   */
  void copy(StridedArray out, StridedArray in);

  /**
   * Lends memory to the kernels that are queued until it is closed.
   *
   * @param type the type of the elements
   * @param elements how many there are
   * @return a contiguous array of one axis, uninitialised
   */
  StridedArray scratch(DType type, long elements);

  /**
   * Reads an element, after all that was queued before.
   *
   * @param array an array of int64 on the device
   * @param index the index of the element, in an array of one axis
   * @return the element
   */
  long read(StridedArray array, long index);

  /**
   * Copies elements of the host, before all that is queued afterwards.
   *
   * @param out where to: a contiguous array on the device
   * @param elements what is copied, native memory; has been read when this returns
   */
  void upload(StridedArray out, MemorySegment elements);

  /**
   * Returns where kernels tell a {@link Fault}: {@link Fault#BYTES} on the device.
   *
   * @return its address
   */
  long faultAddress();
}
