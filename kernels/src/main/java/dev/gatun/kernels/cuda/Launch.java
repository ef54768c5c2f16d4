package dev.gatun.kernels.cuda;

import dev.gatun.bindings.cuda.CudaException;
import dev.gatun.memory.DeviceException;
import dev.gatun.memory.StridedArray;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A kernel with its arguments, on the way to the device. One for each thread, used again and again,
 * so that launching allocates nothing:
 *
 * <pre>{@code
 * Launch launch = Launch.of(kernel);
 * launch.array(out);
 * launch.array(in);
 * launch.int32((int) count);
 * launch.overElements(count);
 * }</pre>
 *
 * <p>Arguments are given in the order of the kernel's parameters, each by the method of its type.
 * The call that launches ends the use; the driver has copied the arguments by then. A launch that
 * an exception has interrupted is forgotten with the next {@link #of}.
 */
final class Launch {
  /** What most kernels are launched with: threads in a block. */
  static final int THREADS = 256;

  /** So many blocks for each multiprocessor are enough to keep it busy to the end. */
  private static final int BLOCKS_PER_PROCESSOR = 16;

  /** As many bytes as a kernel's arguments may have on every device. */
  private static final int MOST_BYTES = 4096;

  private static final int MOST_ARGUMENTS = 256;
  private static final ThreadLocal<Launch> OF_THREAD = ThreadLocal.withInitial(Launch::new);

  /** The arguments, each at a multiple of 8 bytes. */
  private final MemorySegment values;

  /** Where each of them is. */
  private final MemorySegment places;

  private DeviceKernel kernel;
  private WorkQueue queue;
  private int count;
  private long end;

  @SuppressWarnings("NullAway") // begin() comes before all else
  private Launch() {
    var arena = Arena.ofAuto();
    values = arena.allocate(MOST_BYTES, Long.BYTES);
    places = arena.allocate(ValueLayout.ADDRESS, MOST_ARGUMENTS);
  }

  /**
   * Begins a launch in this thread's queue.
   *
   * @param kernel what to launch
   * @return this thread's launch, without arguments
   */
  static Launch of(DeviceKernel kernel) {
    Launch launch = OF_THREAD.get();
    launch.kernel = kernel;
    launch.queue = kernel.context().queue();
    launch.count = 0;
    launch.end = 0;
    return launch;
  }

  /**
   * Passes a pointer to an array's first element. The memory stays the array's until the kernel is
   * done, also when the array is closed meanwhile.
   *
   * @throws DeviceException when it is not on the kernel's device
   */
  Launch array(StridedArray array) {
    return pointer(kernel.context().address(kernel.operation(), array, queue));
  }

  /** Passes a pointer: an address of the device, or of pinned memory. */
  Launch pointer(long address) {
    return int64(address);
  }

  /** Passes a pointer to where the kernel tells a fault: see {@link Faults}. */
  Launch fault(Faults.Slot slot) {
    return int64(slot.address());
  }

  /** Passes an {@code int}, or an {@code unsigned int} by its bits. */
  Launch int32(int value) {
    values.set(ValueLayout.JAVA_INT, place(Integer.BYTES), value);
    return this;
  }

  /** Passes a {@code long long}, or an {@code unsigned long long} by its bits. */
  Launch int64(long value) {
    values.set(ValueLayout.JAVA_LONG, place(Long.BYTES), value);
    return this;
  }

  /** Passes a {@code float}. */
  Launch float32(float value) {
    values.set(ValueLayout.JAVA_FLOAT, place(Float.BYTES), value);
    return this;
  }

  /** Passes a {@code double}. */
  Launch float64(double value) {
    values.set(ValueLayout.JAVA_DOUBLE, place(Double.BYTES), value);
    return this;
  }

  /**
   * Passes a structure by value.
   *
   * @param byteSize its size
   * @return its bytes, to be written before the launch; what was there before is there still
   */
  MemorySegment struct(long byteSize) {
    long at = place(byteSize);
    return values.asSlice(at, byteSize);
  }

  private long place(long byteSize) {
    long at = end;
    if (count == MOST_ARGUMENTS || at + byteSize > MOST_BYTES) {
      throw new DeviceException(
          kernel.operation()
              + ": more than "
              + MOST_ARGUMENTS
              + " arguments, or than "
              + MOST_BYTES
              + " bytes of them, for one kernel");
    }
    places.setAtIndex(ValueLayout.JAVA_LONG, count++, values.address() + at);
    end = at + byteSize + (Long.BYTES - 1) & -Long.BYTES;
    return at;
  }

  /**
   * Launches with as many blocks of {@link #THREADS} threads as do something, but no more than keep
   * the device busy: each thread goes on in steps of the whole grid.
   *
   * @param elements how many there are for threads to work on, one each at a time; none is fine
   */
  void overElements(long elements) {
    long blocks = Math.ceilDiv(elements, THREADS);
    blocks(
        Math.min(blocks, (long) kernel.context().processors() * BLOCKS_PER_PROCESSOR), THREADS, 0);
  }

  /**
   * Launches a row of blocks.
   *
   * @param blocks how many, below 2^31; none is fine
   * @param threads threads in a block
   * @param sharedBytes shared memory of a block, beside what the kernel declares
   */
  void blocks(long blocks, int threads, int sharedBytes) {
    grid(Math.toIntExact(blocks), 1, 1, threads, 1, 1, sharedBytes);
  }

  /**
   * Launches a grid.
   *
   * @param blocksX blocks along x; where one of the three is 0 nothing is done
   * @param blocksY along y, at most 65535
   * @param blocksZ along z, at most 65535
   * @param threadsX threads in a block along x
   * @param threadsY along y
   * @param threadsZ along z
   * @param sharedBytes shared memory of a block, beside what the kernel declares
   * @throws DeviceException when the driver refuses
   */
  void grid(
      int blocksX,
      int blocksY,
      int blocksZ,
      int threadsX,
      int threadsY,
      int threadsZ,
      int sharedBytes) {
    if (blocksX == 0 || blocksY == 0 || blocksZ == 0) {
      return;
    }
    try {
      kernel
          .function()
          .launch(
              queue.stream(),
              blocksX,
              blocksY,
              blocksZ,
              threadsX,
              threadsY,
              threadsZ,
              sharedBytes,
              places);
    } catch (CudaException failed) {
      throw queue.failure(kernel.operation(), failed);
    }
    queue.note(kernel.operation());
  }
}
