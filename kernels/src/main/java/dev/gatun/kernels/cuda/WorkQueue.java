package dev.gatun.kernels.cuda;

import dev.gatun.bindings.cuda.CudaEvent;
import dev.gatun.bindings.cuda.CudaException;
import dev.gatun.bindings.cuda.CudaStream;
import dev.gatun.memory.DeviceException;
import dev.gatun.memory.GatunException;
import dev.gatun.memory.MemoryLimitException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;

/**
 * A stream of a device, with the names of the operations that went into it last: what fails on the
 * device is told by some later call, and these are the candidates.
 *
 * <p>Several threads may put work in at once; in which order it is then done is theirs to settle.
 */
final class WorkQueue {
  /** The system property that has each operation waited for, so that errors name the very one. */
  static final String BLOCKING_PROPERTY = "gatun.cuda.blocking";

  private static final boolean BLOCKING = Boolean.getBoolean(BLOCKING_PROPERTY);
  private static final int REMEMBERED = 16;

  private final DeviceContext context;
  private final String name;
  private final CudaStream stream;
  private final String[] recent = new String[REMEMBERED];
  private int next;

  WorkQueue(DeviceContext context, String name) {
    this.context = context;
    this.name = name;
    this.stream = CudaStream.create(context.context());
    Arrays.fill(recent, "");
  }

  DeviceContext context() {
    return context;
  }

  CudaStream stream() {
    return stream;
  }

  /** Takes note of an operation that has been put in. Racing threads may lose one. */
  void note(String operation) {
    int place = next;
    recent[place & REMEMBERED - 1] = operation;
    next = place + 1;
    if (BLOCKING) {
      context.synchronize(this);
    }
  }

  /** Waits until all work is done. */
  void await() {
    try {
      stream.synchronize();
    } catch (CudaException failed) {
      throw failure("synchronize", failed);
    }
  }

  /** Marks the end of what is in this queue now. */
  CudaEvent mark() {
    var event = CudaEvent.create(context.context(), false);
    event.record(stream);
    return event;
  }

  /** Has what is put in from now on wait for what is in another queue now. */
  void waitFor(WorkQueue other) {
    try (var event = other.mark()) {
      stream.waitFor(event);
    }
  }

  /**
   * Returns what to throw for a failed call: with the operations that may have caused it.
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
    return new DeviceException(
        operation
            + ": "
            + context.device()
            + " failed: "
            + failed.getMessage()
            + "; "
            + candidates()
            + (failed.isFatal() ? "; the device cannot be used any more by this process" : ""),
        failed);
  }

  private String candidates() {
    var names = new ArrayList<String>();
    int end = next;
    for (int i = 1; i <= Math.min(end, REMEMBERED); i++) {
      names.add(recent[end - i & REMEMBERED - 1]);
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
