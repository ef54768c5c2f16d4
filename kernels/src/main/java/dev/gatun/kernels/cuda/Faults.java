package dev.gatun.kernels.cuda;

import dev.gatun.bindings.cuda.CudaContext;
import dev.gatun.bindings.cuda.PinnedMemory;
import dev.gatun.memory.DeviceException;
import dev.gatun.memory.GatunException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What kernels report: a divisor that was zero, an index beyond its axis. Each kernel that can fail
 * so has a slot, an int in pinned memory, and sets it to something else than 0; the host looks when
 * it next waits for the device, and throws what belongs to the slot.
 *
 * <p>Several threads may wait; which of them throws is not defined, where they share a device.
 */
final class Faults {
  private static final int MOST_SLOTS = 16384;

  /**
   * Where kernels tell a {@link Fault}: its number, and two numbers of its own; before the slots.
   */
  private static final int TOLD_BYTES = 4 * Long.BYTES;

  /** So many of the faults that were expected last are known by what they mean. */
  private static final int EXPECTED = 4096;

  private final PinnedMemory pinned;
  private final MemorySegment told;
  private final MemorySegment ints;
  private final AtomicReferenceArray<@Nullable Fault> expected =
      new AtomicReferenceArray<>(EXPECTED);
  private final AtomicLong lastExpected = new AtomicLong();
  private final Map<String, Slot> slots = new HashMap<>();

  /** By number. */
  private final List<Slot> numbered = new ArrayList<>();

  /** The number of slots, read without a lock. */
  private volatile int count;

  /**
   * Where one kind of fault of one operation is reported.
   *
   * @param message what is thrown says so
   * @param address what the kernel is given, a pointer to int
   * @param exception makes what is thrown, of the message
   */
  record Slot(String message, long address, Function<String, GatunException> exception) {}

  Faults(CudaContext context) {
    pinned = PinnedMemory.allocate(context, TOLD_BYTES + (long) MOST_SLOTS * Integer.BYTES);
    var all = pinned.segment().fill((byte) 0);
    told = all.asSlice(0, TOLD_BYTES);
    ints = all.asSlice(TOLD_BYTES);
  }

  /**
   * Returns the slot of a fault.
   *
   * @param message what the exception says: the operation's name first
   * @param exception makes the exception
   * @return the slot, the same for the same message
   */
  synchronized Slot slot(String message, Function<String, GatunException> exception) {
    var known = slots.get(message);
    if (known != null) {
      return known;
    }
    int number = numbered.size();
    if (number == MOST_SLOTS) {
      throw new DeviceException(
          message + ": more than " + MOST_SLOTS + " operations that may report a fault");
    }
    var slot = new Slot(message, ints.address() + (long) number * Integer.BYTES, exception);
    slots.put(message, slot);
    numbered.add(slot);
    count = numbered.size();
    return slot;
  }

  /** Where kernels tell a {@link Fault}. */
  long address() {
    return told.address();
  }

  /** As {@link Launcher#expect}. */
  long expect(Fault fault) {
    long number = lastExpected.incrementAndGet();
    expected.set((int) (number % EXPECTED), fault);
    return number;
  }

  /** Throws when a kernel that is done has reported a fault, which is forgotten then. */
  void check() {
    if (told.get(ValueLayout.JAVA_LONG, 0) != 0) {
      throwTold();
    }
    int slotCount = count;
    for (int i = 0; i < slotCount; i++) {
      if (ints.getAtIndex(ValueLayout.JAVA_INT, i) != 0) {
        throwFirst(slotCount);
      }
    }
  }

  private synchronized void throwTold() {
    long number = told.getAtIndex(ValueLayout.JAVA_LONG, 0);
    long value = told.getAtIndex(ValueLayout.JAVA_LONG, 1);
    long index = told.getAtIndex(ValueLayout.JAVA_LONG, 2);
    told.fill((byte) 0);
    var fault = expected.get((int) (number % EXPECTED));
    if (number != 0 && fault != null) {
      throw fault.exception(value, index);
    }
  }

  private synchronized void throwFirst(int slotCount) {
    GatunException first = null;
    for (int i = 0; i < slotCount; i++) {
      if (ints.getAtIndex(ValueLayout.JAVA_INT, i) != 0) {
        ints.setAtIndex(ValueLayout.JAVA_INT, i, 0);
        var slot = numbered.get(i);
        var thrown = slot.exception().apply(slot.message());
        if (first == null) {
          first = thrown;
        } else {
          first.addSuppressed(thrown);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
