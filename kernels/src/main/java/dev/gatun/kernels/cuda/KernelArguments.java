package dev.gatun.kernels.cuda;

import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.Layout;
import dev.gatun.memory.StridedArray;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a launch, put one behind the other. An instance is reused by its thread, launch
 * after launch; it keeps arrays reachable until the next {@link #begin}. Nothing is allocated once
 * it has been used.
 */
final class KernelArguments {
  /** The most bytes that all arguments of a kernel may take. */
  private static final int MOST_BYTES = 4096;

  private static final int MOST_ARGUMENTS = 64;

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
  private final @Nullable StridedArray[] arrays = new StridedArray[MOST_ARGUMENTS];
  private int count;
  private int end;

  private KernelArguments() {}

  /** Returns the calling thread's instance, without arguments. */
  static KernelArguments begin() {
    var arguments = OF_THREAD.get();
    Arrays.fill(arguments.arrays, 0, arguments.count, null);
    arguments.count = 0;
    arguments.end = 0;
    return arguments;
  }

  private long next(int byteSize, int alignment) {
    int at = (end + alignment - 1) / alignment * alignment;
    end = at + byteSize;
    pointers.setAtIndex(ValueLayout.JAVA_LONG, count++, values.address() + at);
    return at;
  }

  /** Adds a pointer to the first element of an array; a null pointer for no array. */
  KernelArguments array(@Nullable StridedArray array) {
    arrays[count] = array;
    return address(array == null ? 0 : start(array));
  }

  private static long start(StridedArray array) {
    var block = array.storage().deviceBlock();
    return (block == null ? array.segment().address() : block.address()) + array.byteOffset();
  }

  /**
   * Checks that all arrays are on a device, and takes note that they are used in a queue of it.
   *
   * @throws dev.gatun.memory.DeviceException when one is not
   */
  void checkOn(DeviceContext context, String operation, WorkQueue queue) {
    for (int i = 0; i < count; i++) {
      var array = arrays[i];
      if (array != null) {
        context.use(operation, array.storage(), queue);
      }
    }
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

  /** Adds a {@code struct gatun_sizes}: the sizes of all axes, the innermost first. */
  KernelArguments sizes(Layout layout) {
    int rank = layout.rank();
    if (rank > MOST_SIZES) {
      throw new ArgumentException("a CUDA kernel cannot take apart an index of " + rank + " axes");
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
