package dev.gatun.kernels.cuda;

import dev.gatun.bindings.cuda.CudaException;
import dev.gatun.memory.Device;
import dev.gatun.memory.ScopeException;
import org.jspecify.annotations.Nullable;

/**
 * A stream of a CUDA device: what a thread gives to it is done in order, and beside what is given
 * to other streams. Threads that say nothing share the device's standard stream.
 *
 * {@snippet :
 * Tensor x = Gatun.randn(8, 4).to(Device.cuda(0));
 * Tensor w = Gatun.randn(4, 2).to(Device.cuda(0));
 * Tensor y;
 * try (var stream = DeviceStream.create(Device.cuda(0))) {
 *   try (var use = stream.use()) {
 *     y = x.matmul(w); // in this stream
 *   }
 *   DeviceStream.standard(Device.cuda(0)).waitFor(stream);
 * }
 * Tensor z = y.add(1); // in the standard stream, after that
 * }
 *
 * <p>A backward pass computes the gradient of each operation in the stream that the operation was
 * computed in, where that is not closed, and has streams wait for each other's gradients. Gradients
 * are added up in leaves in the stream of the thread that began the pass, which also comes after
 * all that the pass does elsewhere.
 *
 * <p>A stream sees what another has computed only after {@link #waitFor} or {@link #synchronize}.
 * Memory is looked after: a tensor that is closed while a stream uses it still is not given to
 * others before that stream is done with it.
 *
 * <p>Safe for use by several threads, which settle the order of their work themselves.
 */
public final class DeviceStream implements AutoCloseable {
  /** What this thread has chosen last, and within what. */
  private static final ThreadLocal<@Nullable Choice> CURRENT = new ThreadLocal<>();

  private record Choice(WorkQueue queue, Thread thread, @Nullable Choice outer) {}

  /** Whether any thread has chosen a stream of its own. Never goes back to false. */
  private static volatile boolean chosen;

  private final WorkQueue queue;

  private DeviceStream(WorkQueue queue) {
    this.queue = queue;
  }

  /**
   * Makes a stream.
   *
   * @param device a CUDA device
   * @return the stream, kept until it is closed
   * @throws dev.gatun.memory.DeviceException when there is no such device
   */
  public static DeviceStream create(Device device) {
    var context = Cuda.cudaProvider(device).context();
    try {
      return new DeviceStream(new WorkQueue(context, "a stream of " + device));
    } catch (CudaException failed) {
      throw context.standardQueue().failure("create a stream", failed);
    }
  }

  /**
   * Returns the stream that threads share which have chosen none.
   *
   * @param device a CUDA device
   * @return the device's standard stream
   * @throws dev.gatun.memory.DeviceException when there is no such device
   */
  public static DeviceStream standard(Device device) {
    return new DeviceStream(Cuda.cudaProvider(device).context().standardQueue());
  }

  /** The queue that a thread gives its work for a device to. */
  static WorkQueue current(DeviceContext context) {
    if (chosen) {
      for (var choice = CURRENT.get(); choice != null; choice = choice.outer) {
        if (choice.queue.context() == context) {
          return choice.queue;
        }
      }
    }
    return context.standardQueue();
  }

  /** A time in which a thread uses a stream, ended by closing it. */
  @FunctionalInterface
  public interface Use extends AutoCloseable {
    /**
     * Has the thread use again what it used before.
     *
     * @throws ScopeException when another thread asks for it, or a later choice is still in force;
     *     nothing changes then
     */
    @Override
    void close();
  }

  /**
   * Has this thread give its work for the stream's device to this stream. Choices for several
   * devices are in force beside each other, and the last one of each device counts.
   *
   * @return what ends that, to be closed by this thread, the last choice first
   * @throws ScopeException when the stream is closed
   */
  public Use use() {
    if (queue.isClosed()) {
      throw new ScopeException("use: " + queue + " is closed");
    }
    chosen = true;
    queue.countUsers(1);
    var choice = new Choice(queue, Thread.currentThread(), CURRENT.get());
    CURRENT.set(choice);
    return () -> end(choice);
  }

  /** As {@link #use}, of a queue. */
  static Use enter(WorkQueue queue) {
    return new DeviceStream(queue).use();
  }

  private static void end(Choice choice) {
    if (choice.thread != Thread.currentThread()) {
      throw new ScopeException("close: the choice of a stream belongs to the thread that made it");
    }
    if (CURRENT.get() != choice) {
      throw new ScopeException("close: a stream that was chosen later is still in use");
    }
    CURRENT.set(choice.outer);
    choice.queue.countUsers(-1);
  }

  /**
   * Has what is given to this stream from now on wait for what another has been given so far. The
   * host does not wait.
   *
   * @param other a stream of this device or of another
   */
  public void waitFor(DeviceStream other) {
    try {
      queue.waitFor(other.queue);
    } catch (CudaException failed) {
      throw queue.failure("wait for a stream", failed);
    }
  }

  /**
   * Waits until all that was given to this stream is done.
   *
   * @throws dev.gatun.memory.GatunException when any of it failed
   */
  public void synchronize() {
    queue.context().synchronize(queue);
  }

  /**
   * Waits until all that was given to this stream is done, and gives the stream back. The memory
   * that it keeps goes to the standard stream. Closing again does nothing.
   *
   * @throws ScopeException while a thread uses the stream, or when this is the standard stream,
   *     which stays; nothing changes then
   * @throws dev.gatun.memory.DeviceException when the device failed
   */
  @Override
  public void close() {
    if (queue == queue.context().standardQueue()) {
      throw new ScopeException("close: " + queue + " is the device's own");
    }
    queue.close();
  }

  /**
   * Returns the device.
   *
   * @return whose stream this is
   */
  public Device device() {
    return queue.context().device();
  }

  @Override
  public String toString() {
    return queue.toString();
  }
}
