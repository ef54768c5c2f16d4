package dev.gatun.kernels.pointwise;

import dev.gatun.memory.DType;
import dev.gatun.memory.Layout;
import dev.gatun.memory.StridedArray;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The common walk over the operands of one run: outputs first, then inputs, broadcast to the shape
 * of the outputs.
 *
 * <p>Axes are ordered by the strides of the first output and merged wherever every operand allows
 * it, so that a walk over contiguous arrays has one axis. Axis 0 is the innermost. Strides and
 * offsets are in bytes.
 *
 * <p>Reused from run to run, one for each thread: {@link #begin}, {@link #add} for each operand (or
 * {@link #addLayout}, where the walk is worked out on the host and gone on a device), {@link
 * #collapse} or {@link #collapseRectangle}, and {@link #clear} at the end. Other threads may read
 * it in between.
 */
public final class Traversal {
  private static final ThreadLocal<Traversal> OF_THREAD = ThreadLocal.withInitial(Traversal::new);

  private static final int INITIAL_OPERANDS = 8;
  private static final int INITIAL_AXES = 8;

  private int operands;
  private MemorySegment[] segments = new MemorySegment[INITIAL_OPERANDS];
  private DType[] types = new DType[INITIAL_OPERANDS];
  private Layout[] layouts = new Layout[INITIAL_OPERANDS];
  private long[] byteOffsets = new long[INITIAL_OPERANDS];
  private long[][] byteStrides = new long[INITIAL_OPERANDS][INITIAL_AXES];

  private int axes;
  private long numel;
  private long[] sizes = new long[INITIAL_AXES];
  private int[] order = new int[INITIAL_AXES];

  private Traversal() {
    Arrays.fill(segments, MemorySegment.NULL);
  }

  /** Returns this thread's walk. */
  public static Traversal ofThread() {
    return OF_THREAD.get();
  }

  /** Forgets the operands. */
  public void begin() {
    operands = 0;
  }

  void add(StridedArray array) {
    if (operands == segments.length) {
      growOperands();
    }
    segments[operands] = array.segment();
    addDescription(array);
  }

  /** Adds an operand whose memory the host does not see. */
  public void addLayout(StridedArray array) {
    if (operands == segments.length) {
      growOperands();
    }
    segments[operands] = MemorySegment.NULL;
    addDescription(array);
  }

  private void addDescription(StridedArray array) {
    types[operands] = array.dtype();
    layouts[operands] = array.layout();
    byteOffsets[operands] = array.byteOffset();
    operands++;
  }

  /** Forgets the memory, so that this thread does not keep it reachable. */
  void clear() {
    Arrays.fill(segments, 0, operands, MemorySegment.NULL);
    operands = 0;
  }

  /** Works out the axes, once all operands have been added. */
  public void collapse() {
    var out = layouts[0];
    int rank = out.rank();
    if (rank > order.length) {
      growAxes(rank);
    }
    numel = out.numel();
    sortAxes(out, rank);
    axes = 0;
    for (int i = rank - 1; i >= 0; i--) {
      int axis = order[i];
      if (out.size(axis) != 1) {
        append(out.size(axis), axis, rank);
      }
    }
    appendMissingAxis();
  }

  /**
   * Works out the axes of a rectangle of one matrix, once all operands have been added; the last
   * two axes of the first output are those of the matrix.
   *
   * @param matrix the matrix, counted row-major over the leading axes
   */
  void collapseRectangle(long matrix, long row, long column, long rows, long columns) {
    var out = layouts[0];
    int rank = out.rank();
    int rowAxis = rank - 2;
    int columnAxis = rank - 1;
    for (int operand = 0; operand < operands; operand++) {
      long offset = byteOffsets[operand];
      long rest = matrix;
      for (int axis = rowAxis - 1; axis >= 0 && rest > 0; axis--) {
        long next = rest / out.size(axis);
        offset += (rest - next * out.size(axis)) * stride(operand, axis, rank);
        rest = next;
      }
      offset += row * stride(operand, rowAxis, rank) + column * stride(operand, columnAxis, rank);
      byteOffsets[operand] = offset;
    }
    numel = rows * columns;
    axes = 0;
    boolean columnMajor = stride(0, rowAxis, rank) < stride(0, columnAxis, rank) && rows > 1;
    if (columnMajor) {
      append(rows, rowAxis, rank);
    }
    if (columns != 1) {
      append(columns, columnAxis, rank);
    }
    if (!columnMajor && rows != 1) {
      append(rows, rowAxis, rank);
    }
    appendMissingAxis();
  }

  /** Gives a walk over a single element an axis of size 1. */
  private void appendMissingAxis() {
    if (axes == 0) {
      sizes[0] = 1;
      axes = 1;
      for (int operand = 0; operand < operands; operand++) {
        byteStrides[operand][0] = types[operand].byteSize();
      }
    }
  }

  private void append(long size, int axis, int rank) {
    boolean merge = axes > 0;
    for (int operand = 0; operand < operands && merge; operand++) {
      long[] strides = byteStrides[operand];
      merge = stride(operand, axis, rank) == strides[axes - 1] * sizes[axes - 1];
    }
    if (merge) {
      sizes[axes - 1] *= size;
      return;
    }
    sizes[axes] = size;
    for (int operand = 0; operand < operands; operand++) {
      byteStrides[operand][axes] = stride(operand, axis, rank);
    }
    axes++;
  }

  private long stride(int operand, int axis, int rank) {
    var layout = layouts[operand];
    int own = axis - (rank - layout.rank());
    return own < 0 || layout.size(own) == 1 ? 0 : layout.stride(own) << types[operand].byteShift();
  }

  private void sortAxes(Layout out, int rank) {
    for (int i = 0; i < rank; i++) {
      order[i] = i;
    }
    if (out.isContiguous()) {
      return;
    }
    for (int i = 1; i < rank; i++) {
      int axis = order[i];
      int at = i;
      while (at > 0 && out.stride(order[at - 1]) < out.stride(axis)) {
        order[at] = order[at - 1];
        at--;
      }
      order[at] = axis;
    }
  }

  private void growOperands() {
    int length = 2 * segments.length;
    segments = Arrays.copyOf(segments, length);
    Arrays.fill(segments, operands, length, MemorySegment.NULL);
    types = Arrays.copyOf(types, length);
    layouts = Arrays.copyOf(layouts, length);
    byteOffsets = Arrays.copyOf(byteOffsets, length);
    byteStrides = Arrays.copyOf(byteStrides, length);
    for (int operand = operands; operand < length; operand++) {
      byteStrides[operand] = new long[sizes.length];
    }
  }

  private void growAxes(int rank) {
    sizes = new long[rank];
    order = new int[rank];
    for (int operand = 0; operand < byteStrides.length; operand++) {
      byteStrides[operand] = new long[rank];
    }
  }

  /** The number of elements of each output. */
  public long numel() {
    return numel;
  }

  /** The bytes of one element of each operand together. */
  long bytesOfElements() {
    long bytes = 0;
    for (int operand = 0; operand < operands; operand++) {
      bytes += types[operand].byteSize();
    }
    return bytes;
  }

  /** The number of axes after merging, at least 1. */
  public int axes() {
    return axes;
  }

  /** The number of steps along an axis. */
  public long size(int axis) {
    return sizes[axis];
  }

  MemorySegment segment(int operand) {
    return segments[operand];
  }

  DType type(int operand) {
    return types[operand];
  }

  /** The distance between neighbours along an axis. */
  public long byteStride(int operand, int axis) {
    return byteStrides[operand][axis];
  }

  /**
   * Whether the walk reads or writes this operand from its first to its last byte without a gap.
   */
  public boolean isLinear(int operand) {
    return strideOfWalk(operand) == types[operand].byteSize();
  }

  /** Whether every step of the walk sees the same element of this operand. */
  public boolean isScalar(int operand) {
    return strideOfWalk(operand) == 0;
  }

  /** The one stride, in bytes, with which the walk advances through this operand, or -1. */
  private long strideOfWalk(int operand) {
    long[] strides = byteStrides[operand];
    long stride = strides[0];
    long expected = stride * sizes[0];
    for (int axis = 1; axis < axes; axis++) {
      if (strides[axis] != expected) {
        return -1;
      }
      expected *= sizes[axis];
    }
    return stride;
  }

  /** Where row {@code row} of an operand begins: rows are the runs along axis 0. */
  long rowOffset(int operand, long row) {
    long[] strides = byteStrides[operand];
    long offset = byteOffsets[operand];
    long rest = row;
    for (int axis = 1; axis < axes - 1; axis++) {
      long next = rest / sizes[axis];
      offset += (rest - next * sizes[axis]) * strides[axis];
      rest = next;
    }
    return axes > 1 ? offset + rest * strides[axes - 1] : offset;
  }
}
