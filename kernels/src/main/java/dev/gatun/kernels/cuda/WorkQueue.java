package dev.gatun.kernels.cuda;

import dev.gatun.bindings.cuda.CudaEvent;
import dev.gatun.bindings.cuda.CudaException;
import dev.gatun.bindings.cuda.CudaGraph;
import dev.gatun.bindings.cuda.CudaStatus;
import dev.gatun.bindings.cuda.CudaStream;
import dev.gatun.bindings.cuda.CudnnHandle;
import dev.gatun.kernels.DeviceProvider;
import dev.gatun.memory.DeviceException;
import dev.gatun.memory.GatunException;
import dev.gatun.memory.MemoryLimitException;
import dev.gatun.memory.ScopeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A stream of a device, with the names of the operations that went into it last: what fails on the
 * device is told by some later call, and these are the candidates.
 *
 * <p>Several threads may put work in at once; in which order it is then done is theirs to settle.
 */
final class WorkQueue implements DeviceProvider.Stream {
  /** The system property that has each operation waited for, so that errors name the very one. */
  static final String BLOCKING_PROPERTY = "gatun.cuda.blocking";

  private static final boolean BLOCKING = Boolean.getBoolean(BLOCKING_PROPERTY);
  private static final int REMEMBERED = 16;

  private final DeviceContext context;
  private final String name;
  private final CudaStream stream;
  private final String[] recent = new String[REMEMBERED];
  private final AtomicInteger users = new AtomicInteger();
  private long next;
  private volatile boolean closed;
  private volatile boolean capturing;
  private volatile boolean keepsMemory;
  private @Nullable CudnnHandle cudnn;

  /** What the graph needs that was recorded here; used by the thread that records. */
  private final List<AutoCloseable> keptForGraph = new ArrayList<>();

  WorkQueue(DeviceContext context, String name) {
    this.context = context;
    this.name = name;
    this.stream = CudaStream.create(context.context());
    Arrays.fill(recent, "");
    context.opened(this);
  }

  DeviceContext context() {
    return context;
  }

  CudaStream stream() {
    return stream;
  }

  /**
   * Returns the handle by which cuDNN puts work in here, made when it is first asked for.
   *
   * @throws CudaException where it cannot be made
   */
  synchronized CudnnHandle cudnn() {
    var known = cudnn;
    if (known == null) {
      known = CudnnHandle.create(stream);
      cudnn = known;
    }
    return known;
  }

  private synchronized void closeCudnn() {
    var known = cudnn;
    cudnn = null;
    if (known != null) {
      known.close();
    }
  }

  /** Keeps something open for the graph that is being recorded here. */
  void keepForGraph(AutoCloseable needed) {
    keptForGraph.add(needed);
  }

  /** Closes what was kept for a graph that is no more. */
  void closeKeptForGraph() {
    try {
      for (var needed : keptForGraph) {
        needed.close();
      }
    } catch (RuntimeException failed) {
      throw failed;
    } catch (Exception failed) {
      throw new IllegalStateException(failed);
    } finally {
      keptForGraph.clear();
    }
  }

  /** Takes note of an operation that has been put in. Racing threads may lose one. */
  void note(String operation) {
    long place = next;
    recent[(int) place & REMEMBERED - 1] = operation;
    next = place + 1;
    if (BLOCKING) {
      context.synchronize(this);
    }
  }

  /** Tells whether each operation is waited for. */
  static boolean isBlocking() {
    return BLOCKING;
  }

  /** Says whether free memory of this queue stays when the pool gives memory back. */
  void keepMemory(boolean keeps) {
    keepsMemory = keeps;
  }

  boolean keepsMemory() {
    return keepsMemory;
  }

  /** Has what is put in be recorded from now on, rather than done. By one thread alone. */
  void beginCapture() {
    stream.beginCapture();
    capturing = true;
  }

  /**
   * Ends that.
   *
   * @param wanted whether what was recorded is wanted
   * @return what was recorded; null where it is not wanted
   * @throws CudaException when something could not be recorded, but only where it is wanted
   */
  @Nullable CudaGraph endCapture(boolean wanted) {
    capturing = false;
    try {
      var graph = stream.endCapture();
      if (wanted) {
        return graph;
      }
      graph.close();
    } catch (CudaException failed) {
      if (wanted) {
        throw failed;
      }
    }
    return null;
  }

  /**
   * Checks that work is done, and not recorded.
   *
   * @throws DeviceException where it is recorded
   */
  void checkNotCapturing(String operation) {
    if (capturing) {
      throw new DeviceException(operation + ": cannot be recorded");
    }
  }

  boolean isCapturing() {
    return capturing;
  }

  /** Waits until all work is done. */
  void await() {
    checkNotCapturing("synchronize");
    try {
      stream.synchronize();
    } catch (CudaException failed) {
      throw failure("synchronize", failed);
    }
  }

  /** Marks the end of what is in this queue now; null where it is closed, and done. */
  @Nullable CudaEvent end() {
    try {
      return mark();
    } catch (IllegalStateException problem) {
      if (closed) {
        return null;
      }
      throw problem;
    }
  }

  private @Nullable CudaEvent endOrFailure() {
    try {
      return end();
    } catch (CudaException failed) {
      throw failure("wait for " + name, failed);
    }
  }

  @Override
  public boolean isClosed() {
    return closed;
  }

  /** Counts threads that choose this queue, or choose it no more. */
  void countUsers(int change) {
    users.addAndGet(change);
  }

  /**
   * Waits until all work is done, and gives the stream back; other queues may have its memory then.
   *
   * @throws ScopeException while a thread uses it
   */
  void close() {
    if (users.get() != 0) {
      throw new ScopeException("close: " + name + " is still in use");
    }
    if (closed) {
      return;
    }
    await();
    closed = true;
    context.closed(this);
    context.pool().close(this);
    try {
      closeCudnn();
      stream.close();
    } catch (CudaException failed) {
      throw failure("close", failed);
    }
  }

  /** Marks the end of what is in this queue now. */
  private CudaEvent mark() {
    var event = CudaEvent.create(context.context(), false);
    try {
      event.record(stream);
      return event;
    } catch (RuntimeException failed) {
      event.close();
      throw failed;
    }
  }

  /**
   * Has what is put in from now on wait for what is in another queue now.
   *
   * @throws CudaException where this queue cannot wait
   * @throws GatunException where the other one, perhaps of another device, cannot be marked
   */
  void waitFor(WorkQueue other) {
    try (var event = other.endOrFailure()) {
      if (event != null) {
        stream.waitFor(event);
      }
    }
  }

  @Override
  public void follow(DeviceProvider.Stream other) {
    if (other == this) {
      return;
    }
    if (!(other instanceof WorkQueue queue)) {
      throw new DeviceException(
          "wait for a stream: " + other + " is no stream of CUDA, and " + name + " is one");
    }
    try {
      waitFor(queue);
    } catch (CudaException failed) {
      throw failure("wait for " + queue.name, failed);
    }
  }

  @Override
  public DeviceProvider.Stream current() {
    return context.queue();
  }

  @Override
  public Use use() {
    return DeviceStream.enter(this)::close;
  }

  @Override
  public void join() {
    context.queue().follow(this);
  }

  /**
   * Returns what to throw for a failed call: with the operations that may have caused it. Where the
   * device is lost, that is what the first call said that failed so, whoever calls now.
   *
   * @param operation what was being done
   * @param failed what the driver said
   */
  GatunException failure(String operation, CudaException failed) {
    if (failed.isOutOfMemory()) {
      return new MemoryLimitException(
          operation + ": " + context.device() + " is out of memory: " + failed.getMessage(),
          failed);
    }
    if (failed.isFatal() || context.loss() != null) {
      return context.lost(operation, failed);
    }
    var loss = lossBehind(failed);
    if (loss != null) {
      loss.addSuppressed(failed);
      return context.lost(operation, loss);
    }
    return new DeviceException(
        operation
            + ": "
            + context.device()
            + " failed: "
            + failed.getMessage()
            + "; "
            + candidates(),
        failed);
  }

  /** What the driver says where a library has only said that it failed; null for no loss. */
  private @Nullable CudaException lossBehind(CudaException failed) {
    if (failed.library() == CudaStatus.DRIVER
        || failed.library() == CudaStatus.NVRTC
        || closed
        || capturing) {
      return null;
    }
    try {
      stream.isDone();
      return null;
    } catch (CudaException told) {
      return told.isFatal() ? told : null;
    }
  }

  /** Says what has been given to this queue last. */
  String candidates() {
    var names = new ArrayList<String>();
    long end = next;
    for (int i = 1; i <= Math.min(end, REMEMBERED); i++) {
      names.add(recent[(int) (end - i) & REMEMBERED - 1]);
    }
    Collections.reverse(names);
    if (names.isEmpty()) {
      return "nothing had been given to " + name;
    }
    return BLOCKING
        ? "in " + names.getLast()
        : "in one of the last operations given to "
            + name
            + ": "
            + String.join(", ", names)
            + " (start Java with -D"
            + BLOCKING_PROPERTY
            + "=true to learn in which)";
  }

  @Override
  public String toString() {
    return name;
  }
}
