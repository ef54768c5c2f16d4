package dev.gatun.kernels.cuda;

import dev.gatun.bindings.cuda.CudaContext;
import dev.gatun.bindings.cuda.CudaDevice;
import dev.gatun.bindings.cuda.CudaException;
import dev.gatun.bindings.cuda.CudaFunction;
import dev.gatun.bindings.cuda.CudaModule;
import dev.gatun.memory.Device;
import dev.gatun.memory.DeviceException;
import dev.gatun.memory.Storage;
import dev.gatun.memory.StridedArray;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One device as kernels see it: its queues of work, its memory, its compiled kernels, and what went
 * wrong on it. Kept for as long as the process runs.
 *
 * <p>Safe for use by several threads, virtual ones included.
 */
final class DeviceContext {
  private static final String LOST = "the device cannot be used any more by this process";

  private final Device device;
  private final CudaContext context;

  /** The compute capability as NVRTC takes it: 90 for an H200. */
  private final int capability;

  private final long totalBytes;
  private final CubinCache images;
  private final boolean usesLibraries;
  private final WorkQueue standard;
  private final DevicePool pool;
  private final Staging staging;
  private final Faults faults;
  private final Launcher launcher = new DeviceLauncher(this);

  /** The queues that take work, as far as somebody still has them. */
  private final Set<WorkQueue> queues =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

  /** What the first call said that found the device lost; null as long as none has. */
  private volatile @Nullable String loss;

  private final ConcurrentHashMap<CudaText, CudaModule> modules = new ConcurrentHashMap<>();

  /**
   * Gets a device ready.
   *
   * @param device its name
   * @param cuda the device
   * @param images its kernels are compiled by
   * @param usesLibraries whether NVIDIA's libraries may compute on it
   */
  DeviceContext(Device device, CudaDevice cuda, CubinCache images, boolean usesLibraries) {
    this.device = device;
    this.images = images;
    this.usesLibraries = usesLibraries;
    try {
      context = CudaContext.retain(cuda);
      capability = cuda.computeCapability();
      totalBytes = cuda.totalBytes();
      standard = new WorkQueue(this, "the standard stream of " + device);
      staging = new Staging(context);
      faults = new Faults(context);
    } catch (CudaException failed) {
      throw new DeviceException(device + " cannot be used: " + failed.getMessage(), failed);
    }
    pool = new DevicePool(this);
  }

  Device device() {
    return device;
  }

  CudaContext context() {
    return context;
  }

  /** Whether NVIDIA's libraries compute here, as on all devices that are real. */
  boolean usesLibraries() {
    return usesLibraries;
  }

  /** The size of the device's memory, whether used or free. */
  long totalBytes() {
    return totalBytes;
  }

  DevicePool pool() {
    return pool;
  }

  Staging staging() {
    return staging;
  }

  /** Through what kernels are launched. */
  Launcher launcher() {
    return launcher;
  }

  /** What kernels report. */
  Faults faults() {
    return faults;
  }

  /** Takes note of a queue that takes work. */
  void opened(WorkQueue queue) {
    queues.add(queue);
  }

  /** Takes note that a queue takes no more work. */
  void closed(WorkQueue queue) {
    queues.remove(queue);
  }

  /** What the first call said that found the device lost; null as long as none has. */
  @Nullable String loss() {
    return loss;
  }

  /**
   * Returns what to throw where a call has found the device lost: by an operation in any of its
   * queues. Other devices are not touched by it.
   *
   * @param operation what was being done
   * @param failed what the driver said
   */
  synchronized DeviceException lost(String operation, CudaException failed) {
    var first = loss;
    if (first == null) {
      first = operation + ": " + device + " failed: " + failed.getMessage() + "; " + candidates();
      loss = first;
      return new DeviceException(first + "; " + LOST, failed);
    }
    return new DeviceException(
        operation + ": " + device + " was lost before: " + first + "; " + LOST, failed);
  }

  private String candidates() {
    synchronized (queues) {
      return queues.stream().map(WorkQueue::candidates).sorted().collect(Collectors.joining("; "));
    }
  }

  /** The queue that this thread gives its work to. */
  WorkQueue queue() {
    return DeviceStream.current(this);
  }

  /** The queue of threads that have said nothing else. */
  WorkQueue standardQueue() {
    return standard;
  }

  /**
   * Returns a kernel, compiled when its program is first asked for; may take a second then. Callers
   * keep it: looking it up again means hashing the program.
   *
   * @throws DeviceException when it cannot be made ready
   */
  CudaFunction function(CudaKernel kernel) {
    return modules.computeIfAbsent(kernel.program(), this::load).function(kernel.entry());
  }

  private CudaModule load(CudaText program) {
    byte[] image;
    try {
      image = images.image(program, capability);
      return CudaModule.load(context, image);
    } catch (CudaException failed) {
      if (failed.isFatal() || failed.isOutOfMemory() || loss != null) {
        throw queue().failure("load " + program.entries(), failed);
      }
      throw new DeviceException(
          program.entries() + ": cannot be made ready for " + device + ": " + failed.getMessage(),
          failed);
    }
  }

  /**
   * Returns where an array's first element is, for a kernel of this device in this thread's queue.
   *
   * @param operation what an error message begins with
   * @param array the array
   * @param queue the queue in which it is going to be used
   * @throws DeviceException when the array is not on this device
   */
  long address(String operation, StridedArray array, WorkQueue queue) {
    return use(operation, array.storage(), queue).address() + array.byteOffset();
  }

  /** As above, of a whole storage. */
  PoolBlock use(String operation, Storage storage, WorkQueue queue) {
    if (storage.deviceBlock() instanceof PoolBlock block && block.pool() == pool) {
      block.useIn(queue);
      return block;
    }
    throw new DeviceException(
        operation
            + ": an operand on "
            + storage.device()
            + " for a kernel of "
            + device
            + ": all operands are on one device");
  }

  /**
   * Waits until a queue is done, and tells what went wrong in it.
   *
   * @throws DeviceException when the driver reports a failure
   * @throws dev.gatun.memory.GatunException when a kernel has reported one
   */
  void synchronize(WorkQueue queue) {
    queue.await();
    faults.check();
  }
}
