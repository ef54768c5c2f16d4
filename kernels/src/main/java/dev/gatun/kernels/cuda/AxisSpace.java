package dev.gatun.kernels.cuda;

import dev.gatun.memory.ArgumentException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The axes that up to three operands are walked along in step: {@code struct gatun_space} in CUDA
 * C. Axes of size 1 are left out, and neighbours that are one evenly spaced run in every operand
 * become one. Strides are in elements.
 */
final class AxisSpace {
  /** So many axes are enough for what is left of any tensor that is met. */
  static final int MOST_AXES = 8;

  /** The most operands. */
  static final int OPERANDS = 3;

  /** The size of the struct. */
  static final int BYTES = Long.BYTES * (1 + MOST_AXES * (1 + OPERANDS));

  /** The struct, and the function that finds the elements of an index, in CUDA C. */
  static final String TEXT =
      """
      static __device__ __forceinline__ long long gatun_quotient(long long x, long long by) {
        return ((unsigned long long)(x | by) >> 32) == 0
            ? (long long)((unsigned int)x / (unsigned int)by) : x / by;
      }

      // The innermost axis comes first; there is one at least.
      struct gatun_space {
        long long axes;
        long long size[8];
        long long stride[3][8];
      };

      static __device__ __forceinline__ void gatun_find(const struct gatun_space *space,
          const long long index, long long *first, long long *second, long long *third) {
        long long rest = index;
        *first = 0;
        *second = 0;
        *third = 0;
        const int last = (int)space->axes - 1;
        for (int axis = 0; axis < last; axis++) {
          const long long outer = gatun_quotient(rest, space->size[axis]);
          const long long along = rest - outer * space->size[axis];
          *first += along * space->stride[0][axis];
          *second += along * space->stride[1][axis];
          *third += along * space->stride[2][axis];
          rest = outer;
        }
        *first += rest * space->stride[0][last];
        *second += rest * space->stride[1][last];
        *third += rest * space->stride[2][last];
      }
      """;

  private static final int SPACES = 16;

  private static final ThreadLocal<Ring> OF_THREAD = ThreadLocal.withInitial(Ring::new);

  // One place more, for an axis before it is joined with another.
  private final long[] sizes = new long[MOST_AXES + 1];
  private final long[][] strides = new long[OPERANDS][MOST_AXES + 1];
  private Object operation = "";
  private boolean ordered;
  private int axes;
  private long count = 1;

  private AxisSpace() {}

  /**
   * Returns a space without axes, of one element. It is the calling thread's until that has asked
   * for {@value #SPACES} others: a launch, and all that it consists of, asks for a few.
   *
   * @param operation what errors call the operation, by its {@code toString}
   * @param ordered whether indices count in the order in which axes are added; else in that of the
   *     first operand's strides
   */
  static AxisSpace of(Object operation, boolean ordered) {
    var space = OF_THREAD.get().next();
    space.operation = operation;
    space.ordered = ordered;
    space.axes = 0;
    space.count = 1;
    return space;
  }

  /** The spaces of a thread, one after the other. */
  private static final class Ring {
    private final @Nullable AxisSpace[] spaces = new @Nullable AxisSpace[SPACES];
    private int at;

    AxisSpace next() {
      at = (at + 1) % SPACES;
      var space = spaces[at];
      if (space == null) {
        space = new AxisSpace();
        spaces[at] = space;
      }
      return space;
    }
  }

  /**
   * Adds an axis, inside of those that are there.
   *
   * @param size the number of elements along it
   * @param first the stride of the first operand
   * @param second the stride of the second operand, 0 where there is none
   * @param third the stride of the third operand, 0 where there is none
   * @throws ArgumentException when too many axes are left
   */
  void add(long size, long first, long second, long third) {
    count *= size;
    if (size == 1) {
      return;
    }
    int at = 0;
    while (!ordered && at < axes && strides[0][at] < first) {
      at++;
    }
    for (int axis = axes; axis > at; axis--) {
      move(axis - 1, axis);
    }
    axes++;
    sizes[at] = size;
    set(at, first, second, third);
    join(at);
    if (at > 0) {
      join(at - 1);
    }
    if (axes > MOST_AXES) {
      throw new ArgumentException(
          "%s: a CUDA kernel cannot walk along more than %d separate axes"
              .formatted(operation.toString().toLowerCase(Locale.ROOT), MOST_AXES));
    }
  }

  /** Makes one axis of two where the outer one goes on where the inner one ends. */
  private void join(int inner) {
    int outer = inner + 1;
    if (outer == axes) {
      return;
    }
    for (long[] stride : strides) {
      if (stride[outer] != stride[inner] * sizes[inner]) {
        return;
      }
    }
    sizes[inner] *= sizes[outer];
    for (int axis = outer; axis < axes - 1; axis++) {
      move(axis + 1, axis);
    }
    axes--;
  }

  private void set(int axis, long first, long second, long third) {
    strides[0][axis] = first;
    strides[1][axis] = second;
    strides[2][axis] = third;
  }

  private void move(int from, int to) {
    sizes[to] = sizes[from];
    set(to, strides[0][from], strides[1][from], strides[2][from]);
  }

  /** Returns the number of elements. */
  long count() {
    return count;
  }

  /** Returns the number of axes that are left. */
  int axes() {
    return axes;
  }

  /** Returns the size of an axis, 0 the innermost. */
  long size(int axis) {
    return sizes[axis];
  }

  /** Returns a stride along an axis, 0 the innermost; 0 where there is none. */
  long stride(int operand, int axis) {
    return axis < axes ? strides[operand][axis] : 0;
  }

  /** Becomes the same as another space. */
  void copy(AxisSpace other) {
    axes = other.axes;
    count = other.count;
    System.arraycopy(other.sizes, 0, sizes, 0, axes);
    for (int operand = 0; operand < OPERANDS; operand++) {
      System.arraycopy(other.strides[operand], 0, strides[operand], 0, axes);
    }
  }

  /** Returns all axes but the innermost, in a space that stays the caller's. */
  AxisSpace withoutInnermost() {
    var rest = new AxisSpace();
    rest.operation = operation;
    rest.ordered = ordered;
    for (int axis = axes - 1; axis > 0; axis--) {
      rest.add(sizes[axis], strides[0][axis], strides[1][axis], strides[2][axis]);
    }
    return rest;
  }

  /** Returns where an operand's element of an index is, as kernels find it. */
  long offset(int operand, long index) {
    long rest = index;
    long offset = 0;
    for (int axis = 0; axis < axes; axis++) {
      offset += rest % sizes[axis] * strides[operand][axis];
      rest /= sizes[axis];
    }
    return offset;
  }

  /** Returns a number whose lowest bit is that of all strides. */
  long strides() {
    long all = 0;
    for (long[] each : strides) {
      for (int axis = 0; axis < axes; axis++) {
        all |= each[axis];
      }
    }
    return all;
  }

  /** Replaces the strides of an operand by those of elements side by side in this order. */
  void makeContiguous(int operand, long distance) {
    long stride = distance;
    for (int axis = 0; axis < axes; axis++) {
      strides[operand][axis] = stride;
      stride *= sizes[axis];
    }
  }

  /** Writes the struct. */
  void write(MemorySegment segment, long offset) {
    segment.set(ValueLayout.JAVA_LONG, offset, Math.max(1, axes));
    for (int axis = 0; axis < MOST_AXES; axis++) {
      long at = offset + (long) Long.BYTES * (1 + axis);
      boolean isThere = axis < axes;
      segment.set(ValueLayout.JAVA_LONG, at, isThere ? sizes[axis] : 1);
      for (int operand = 0; operand < OPERANDS; operand++) {
        at += (long) Long.BYTES * MOST_AXES;
        segment.set(ValueLayout.JAVA_LONG, at, isThere ? strides[operand][axis] : 0);
      }
    }
  }
}
