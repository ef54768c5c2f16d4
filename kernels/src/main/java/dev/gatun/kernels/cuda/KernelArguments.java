package dev.gatun.kernels.cuda;

import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DeviceException;
import dev.gatun.memory.Layout;
import dev.gatun.memory.StridedArray;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a launch, one behind the other in the order of the kernel's parameters, each by
 * the method of its type. An instance is used again by its thread, launch after launch, and
 * allocates nothing itself.
 *
 * <p>Arrays are kept reachable from when they are added until the kernel has been queued: one that
 * nobody else refers to any more would be closed by the garbage collector, and its memory handed
 * out again, before the kernel comes.
 */
final class KernelArguments {
  /** The most bytes that all arguments of a kernel may take on every device. */
  private static final int MOST_BYTES = 4096;

  private static final int MOST_ARGUMENTS = 256;

  /** The most axes of {@link #sizes}. */
  private static final int MOST_SIZES = 16;

  /** The struct of {@link #sizes} in CUDA C. */
  static final String SIZES =
      """
      struct gatun_sizes {
        long long size[16];
      };
      """;

  private static final ThreadLocal<KernelArguments> OF_THREAD =
      ThreadLocal.withInitial(KernelArguments::new);

  private final MemorySegment values = Arena.ofAuto().allocate(MOST_BYTES, 16);
  private final MemorySegment pointers =
      Arena.ofAuto().allocate(ValueLayout.ADDRESS, MOST_ARGUMENTS);
  private final @Nullable StridedArray[] arrays = new @Nullable StridedArray[MOST_ARGUMENTS];
  private int arrayCount;
  private int count;
  private int end;
  private int nextField;

  private KernelArguments() {}

  /** Returns the calling thread's instance, without arguments. */
  static KernelArguments begin() {
    var arguments = OF_THREAD.get();
    arguments.clear();
    return arguments;
  }

  /** Lets the arrays go. Called when the kernel has been queued, or cannot be. */
  void clear() {
    Arrays.fill(arrays, 0, arrayCount, null);
    arrayCount = 0;
    count = 0;
    end = 0;
  }

  private int next(int byteSize, int alignment) {
    int at = (end + alignment - 1) / alignment * alignment;
    if (count == MOST_ARGUMENTS || at + byteSize > MOST_BYTES) {
      throw new DeviceException(
          "more than %d arguments, or than %d bytes of them, for one kernel"
              .formatted(MOST_ARGUMENTS, MOST_BYTES));
    }
    end = at + byteSize;
    pointers.setAtIndex(ValueLayout.JAVA_LONG, count++, values.address() + at);
    return at;
  }

  /** Adds a pointer to the first element of an array; a null pointer for no array. */
  KernelArguments array(@Nullable StridedArray array) {
    return array == null ? address(0) : array(array, start(array));
  }

  /** Adds a pointer to an element of an array. */
  KernelArguments array(StridedArray array, long address) {
    address(address);
    arrays[arrayCount++] = array;
    return this;
  }

  /** Returns where the first element of an array is. */
  static long start(StridedArray array) {
    var block = array.storage().deviceBlock();
    return (block == null ? array.segment().address() : block.address()) + array.byteOffset();
  }

  /**
   * Checks that all arrays are on a device, and takes note that they are used in a queue of it.
   *
   * @throws DeviceException when one is not
   */
  void checkOn(DeviceContext context, String operation, WorkQueue queue) {
    for (int i = 0; i < arrayCount; i++) {
      var array = arrays[i];
      if (array != null) {
        context.use(operation, array.storage(), queue);
      }
    }
  }

  /** Adds where a kernel tells a {@link Fault}, and the number that it tells. */
  KernelArguments fault(Launcher launcher, long number) {
    return address(launcher.faultAddress()).int64(number);
  }

  /** Adds a pointer. */
  KernelArguments address(long address) {
    return int64(address);
  }

  /** Adds an {@code int}. */
  KernelArguments int32(int value) {
    values.set(ValueLayout.JAVA_INT, next(Integer.BYTES, Integer.BYTES), value);
    return this;
  }

  /** Adds a {@code long long}. */
  KernelArguments int64(long value) {
    values.set(ValueLayout.JAVA_LONG, next(Long.BYTES, Long.BYTES), value);
    return this;
  }

  /** Adds a {@code float}. */
  KernelArguments float32(float value) {
    values.set(ValueLayout.JAVA_FLOAT, next(Float.BYTES, Float.BYTES), value);
    return this;
  }

  /** Adds a {@code double}. */
  KernelArguments float64(double value) {
    values.set(ValueLayout.JAVA_DOUBLE, next(Double.BYTES, Double.BYTES), value);
    return this;
  }

  /** Adds what a kernel that walks by strides is told of them, see {@link StridedLayout}. */
  KernelArguments layout(PointwiseAccess access, long[] sizes, long[][] strides) {
    int at = next(StridedLayout.byteSize(access, strides.length), Long.BYTES);
    StridedLayout.write(access, sizes, strides, values, at);
    return this;
  }

  /** Adds a struct of {@code long long}, of which so many are {@link #field}s that follow. */
  KernelArguments struct(int fields) {
    nextField = next(fields * Long.BYTES, Long.BYTES);
    return this;
  }

  /** Sets the next field of the {@link #struct} added last. */
  KernelArguments field(long value) {
    values.set(ValueLayout.JAVA_LONG, nextField, value);
    nextField += Long.BYTES;
    return this;
  }

  /** Adds a struct of {@code long long}. */
  KernelArguments longs(long[] fields) {
    long at = next(fields.length * Long.BYTES, Long.BYTES);
    MemorySegment.copy(fields, 0, values, ValueLayout.JAVA_LONG, at, fields.length);
    return this;
  }

  /** Adds a {@code struct gatun_space}. */
  KernelArguments space(AxisSpace space) {
    space.write(values, next(AxisSpace.BYTES, Long.BYTES));
    return this;
  }

  /**
   * Adds a {@code struct gatun_sizes}: the sizes of all axes, the innermost first. Errors call the
   * operation so.
   */
  KernelArguments sizes(Object operation, Layout layout) {
    int rank = layout.rank();
    if (rank > MOST_SIZES) {
      throw new ArgumentException(
          "%s: a CUDA kernel cannot take apart an index of %d axes"
              .formatted(operation.toString().toLowerCase(Locale.ROOT), rank));
    }
    long at = next(MOST_SIZES * Long.BYTES, Long.BYTES);
    for (int axis = 0; axis < rank; axis++) {
      values.set(
          ValueLayout.JAVA_LONG, at + (long) axis * Long.BYTES, layout.size(rank - 1 - axis));
    }
    return this;
  }

  /** Returns the array of pointers to the arguments that launches take. */
  MemorySegment pointers() {
    return pointers;
  }
}
