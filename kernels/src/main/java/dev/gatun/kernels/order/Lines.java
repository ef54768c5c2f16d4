package dev.gatun.kernels.order;

import dev.gatun.kernels.RangeTask;
import dev.gatun.kernels.Workers;
import dev.gatun.kernels.traverse.Axes;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.StridedArray;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import org.jspecify.annotations.Nullable;

/**
 * The lines of an output and two inputs along one axis, which may have another size in each array,
 * and the division of work on them. Strides and starts are in bytes.
 *
 * <p>An instance is reused by its thread and holds no arrays between calls.
 */
final class Lines implements AutoCloseable {
  private static final long GRAIN_ELEMENTS = 1 << 13;
  private static final ThreadLocal<Lines> OF_THREAD = ThreadLocal.withInitial(Lines::new);

  private final Axes outer = new Axes();
  private final RangeTask running = this::run;
  private @Nullable StridedArray out;
  private @Nullable StridedArray first;
  private @Nullable StridedArray second;
  private @Nullable LineWork work;
  private int axis;
  private long rank;

  private Lines() {}

  /** Returns this thread's lines, along an axis of three arrays, until they are closed. */
  static Lines of(
      String kernel, StridedArray out, StridedArray first, StridedArray second, int axis) {
    Lines lines = OF_THREAD.get();
    lines.open(out, first, second, axis);
    if (lines.length() > Integer.MAX_VALUE - 8 || lines.outLength() > Integer.MAX_VALUE - 8) {
      lines.close();
      throw new ArgumentException(
          kernel + ": " + first.layout().shape() + ": longer lines than a Java array can hold");
    }
    return lines;
  }

  private void open(StridedArray out, StridedArray first, StridedArray second, int axis) {
    this.out = out;
    this.first = first;
    this.second = second;
    this.axis = axis;
    outer.clear();
    for (int other = 0; other < first.layout().rank(); other++) {
      if (other != axis) {
        outer.insert(
            first.layout().size(other),
            stride(out, other),
            stride(first, other),
            stride(second, other));
      }
    }
    outer.merge();
  }

  @Override
  public void close() {
    Reference.reachabilityFence(out);
    Reference.reachabilityFence(first);
    Reference.reachabilityFence(second);
    out = null;
    first = null;
    second = null;
    work = null;
  }

  private static StridedArray opened(@Nullable StridedArray array) {
    if (array == null) {
      throw new IllegalStateException("Lines are walked only between opening and closing them");
    }
    return array;
  }

  private static long stride(StridedArray array, int axis) {
    return array.layout().stride(axis) << array.dtype().byteShift();
  }

  /** Runs work over all lines. */
  void forEach(LineWork work) {
    long longest = Math.max(1, Math.max(length(), outLength()));
    start(work, outer.product(), Math.max(1, GRAIN_ELEMENTS / longest));
  }

  /** Runs work that looks for elements of one rank over all lines. */
  void forEach(LineWork work, long rank) {
    this.rank = rank;
    forEach(work);
  }

  /** Runs work over all elements of the output, line by line: several threads may share a line. */
  void forEachOutput(LineWork work) {
    start(work, outer.product() * outLength(), GRAIN_ELEMENTS);
  }

  private void start(LineWork work, long count, long grain) {
    if (opened(out).layout().numel() > 0) {
      this.work = work;
      Workers.parallelFor(count, grain, running);
    }
  }

  private void run(long from, long to) {
    LineWork work = this.work;
    if (work == null) {
      throw new IllegalStateException("Lines are walked only while there is work");
    }
    work.run(this, from, to);
  }

  /** The rank that is looked for. */
  long rank() {
    return rank;
  }

  /** The element type of the first input. */
  DType type() {
    return opened(first).dtype();
  }

  /** The number of elements of the first input along a line. */
  long length() {
    return opened(first).layout().size(axis);
  }

  /** The number of elements of the output along a line. */
  long outLength() {
    return opened(out).layout().size(axis);
  }

  MemorySegment out() {
    return opened(out).segment();
  }

  MemorySegment first() {
    return opened(first).segment();
  }

  MemorySegment second() {
    return opened(second).segment();
  }

  long outStride() {
    return stride(opened(out), axis);
  }

  long firstStride() {
    return stride(opened(first), axis);
  }

  long secondStride() {
    return stride(opened(second), axis);
  }

  long outStart(long line) {
    return opened(out).byteOffset() + outer.firstOffset(line);
  }

  long firstStart(long line) {
    return opened(first).byteOffset() + outer.secondOffset(line);
  }

  long secondStart(long line) {
    return opened(second).byteOffset() + outer.thirdOffset(line);
  }
}
