package dev.gatun.kernels.cuda;

import dev.gatun.bindings.cuda.CudaContext;
import dev.gatun.bindings.cuda.PinnedMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * Where the kernels of a device tell a {@link Fault}: in pinned memory, at which the host looks
 * when it next waits for the device, in whatever stream. One fault is kept until it has been
 * thrown; others that come up meanwhile are not heard.
 */
final class Faults {
  private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();
  private static final long NUMBER = 0;
  private static final long VALUE = Long.BYTES;
  private static final long INDEX = 2 * Long.BYTES;
  private static final long READY = 3 * Long.BYTES;

  private final PinnedMemory pinned;
  private final MemorySegment told;

  Faults(CudaContext context) {
    pinned = PinnedMemory.allocate(context, Fault.BYTES);
    told = pinned.segment().fill((byte) 0);
  }

  /** What kernels are handed. */
  long address() {
    return pinned.segment().address();
  }

  /** Throws when a kernel has told a fault, which is forgotten then. */
  void check() {
    if ((long) LONG.getAcquire(told, READY) != 0) {
      throwTold();
    }
  }

  private synchronized void throwTold() {
    if ((long) LONG.getAcquire(told, READY) == 0) {
      // Another thread has thrown it.
      return;
    }
    long number = told.get(ValueLayout.JAVA_LONG, NUMBER);
    long value = told.get(ValueLayout.JAVA_LONG, VALUE);
    long index = told.get(ValueLayout.JAVA_LONG, INDEX);
    told.set(ValueLayout.JAVA_LONG, READY, 0);
    // The place is free for the next fault from here on.
    LONG.setRelease(told, NUMBER, 0L);
    throw Fault.exception(number, value, index);
  }
}
