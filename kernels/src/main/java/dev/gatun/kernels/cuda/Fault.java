package dev.gatun.kernels.cuda;

import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DeviceException;
import dev.gatun.memory.GatunException;
import dev.gatun.memory.IndexRangeException;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What a kernel may find wrong with the operands of one operation. Kernels do not stop for it: they
 * leave the elements out, and tell; the host throws when it next waits for the device.
 *
 * <p>A kernel is handed a number, in which are the fault's own and, where an index is beyond its
 * axis, that axis with its size. So whatever was launched in the meantime, a number keeps its
 * meaning. Faults are made once for each operation, and stay.
 */
final class Fault {
  /**
   * The function by which kernels tell, of a place of {@link #BYTES}: the number, two numbers of
   * the kernel, and at last that they are there. The first one to tell is heard.
   */
  static final String TEXT =
      """
      static __device__ __inline__ void gatun_fault(
          long long *fault, const long long number, const long long value, const long long index) {
        if (atomicCAS((unsigned long long *)fault, 0ULL, (unsigned long long)number) == 0ULL) {
          fault[1] = value;
          fault[2] = index;
          __threadfence_system();
          *(volatile long long *)(fault + 3) = 1;
        }
      }
      """;

  /** The size of the place where kernels tell. */
  static final int BYTES = 4 * Long.BYTES;

  private static final int AXIS_SHIFT = 40;
  private static final int FAULT_SHIFT = 46;
  private static final long MOST_SIZE = (1L << AXIS_SHIFT) - 1;
  private static final int MOST_AXIS = (1 << FAULT_SHIFT - AXIS_SHIFT) - 1;
  private static final int MOST_FAULTS = (1 << Long.SIZE - FAULT_SHIFT) - 1;

  private static final List<Fault> FAULTS = new CopyOnWriteArrayList<>();
  private static final ConcurrentHashMap<String, Fault> INDICES = new ConcurrentHashMap<>();
  private static final ConcurrentHashMap<String, Fault> DIVISIONS = new ConcurrentHashMap<>();

  /** A target of cross entropy that is none of the classes, which are given as a size. */
  static final Fault TARGET =
      make(
          "cross_entropy",
          (operation, target, sample, _, classes) ->
              new IndexRangeException(
                  "%s: target %d of sample %d is outside %d classes"
                      .formatted(operation, target, sample, classes)));

  /** Says what is wrong. */
  @FunctionalInterface
  private interface Words {
    GatunException exception(String operation, long value, long index, int axis, long size);
  }

  private final String operation;
  private final Words words;
  private final long number;

  private Fault(String operation, Words words, long number) {
    this.operation = operation;
    this.words = words;
    this.number = number << FAULT_SHIFT;
  }

  private static synchronized Fault make(String operation, Words words) {
    int number = FAULTS.size() + 1;
    if (number > MOST_FAULTS) {
      throw new DeviceException(
          operation + ": more than " + MOST_FAULTS + " operations that may report a fault");
    }
    var fault = new Fault(operation, words, number);
    FAULTS.add(fault);
    return fault;
  }

  /** An index of an operation that is beyond its axis. */
  static Fault index(String operation) {
    var known = INDICES.get(operation);
    return known != null ? known : INDICES.computeIfAbsent(operation, Fault::makeIndex);
  }

  private static Fault makeIndex(String name) {
    return make(
        name,
        (operation, value, number, axis, size) ->
            new IndexRangeException(
                "%s: index %d (number %d) is outside axis %d of size %d"
                    .formatted(operation, value, number, axis, size)));
  }

  /** A division of integers by zero. */
  static Fault division(String operation) {
    return DIVISIONS.computeIfAbsent(
        operation,
        each ->
            make(
                each,
                (name, _, _, _, _) -> new ArgumentException(name + ": integer division by zero")));
  }

  /** Returns the number that kernels tell. */
  long number() {
    return number;
  }

  /**
   * Returns the number that kernels tell of an axis.
   *
   * @param axis the axis, less than 64
   * @param size its size; one that no memory holds is told as the largest that fits
   */
  long number(int axis, long size) {
    return number | (long) Math.min(axis, MOST_AXIS) << AXIS_SHIFT | Math.min(size, MOST_SIZE);
  }

  /**
   * Returns what is to be thrown.
   *
   * @param told the number that a kernel told
   * @param value the element that is wrong
   * @param index the row-major index of that element
   */
  static GatunException exception(long told, long value, long index) {
    var fault = FAULTS.get((int) (told >>> FAULT_SHIFT) - 1);
    int axis = (int) (told >>> AXIS_SHIFT) & MOST_AXIS;
    return fault.words.exception(fault.operation, value, index, axis, told & MOST_SIZE);
  }
}
