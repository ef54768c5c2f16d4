package dev.gatun.kernels.order;

import dev.gatun.kernels.Workers;
import dev.gatun.kernels.traverse.Axes;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.StridedArray;

/**
 * The lines of an output and two inputs along one axis, which may have another size in each array.
 * Made for one call.
 */
final class Lines {
  private static final long GRAIN_ELEMENTS = 1 << 13;

  private final Axes outer = new Axes();
  private final StridedArray out;
  private final StridedArray first;
  private final StridedArray second;
  private final int axis;

  Lines(String kernel, StridedArray out, StridedArray first, StridedArray second, int axis) {
    this.out = out;
    this.first = first;
    this.second = second;
    this.axis = axis;
    if (length() > Integer.MAX_VALUE - 8 || outLength() > Integer.MAX_VALUE - 8) {
      throw new ArgumentException(
          kernel + ": " + first.layout().shape() + ": longer lines than a Java array can hold");
    }
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

  private static long stride(StridedArray array, int axis) {
    return array.layout().stride(axis) << array.dtype().byteShift();
  }

  /** The number of elements of the first input along a line. */
  long length() {
    return first.layout().size(axis);
  }

  /** The number of elements of the output along a line. */
  long outLength() {
    return out.layout().size(axis);
  }

  long outStride() {
    return stride(out, axis);
  }

  long firstStride() {
    return stride(first, axis);
  }

  long secondStride() {
    return stride(second, axis);
  }

  /** Works on lines from one to another. */
  @FunctionalInterface
  interface Part {
    /** Makes what one thread needs, and works. */
    void run(Lines lines, long from, long to);
  }

  void forEach(Part part) {
    if (out.layout().numel() > 0) {
      long grain = Math.max(1, GRAIN_ELEMENTS / Math.max(1, Math.max(length(), outLength())));
      Workers.parallelFor(outer.product(), grain, (from, to) -> part.run(this, from, to));
    }
  }

  /** Works on some elements of one line of the output. */
  @FunctionalInterface
  interface Section {
    void run(Lines lines, long line, long from, long to);
  }

  /** As {@link #forEach}, where threads may share the elements of a line of the output. */
  void forEachSection(Section section) {
    long count = outer.product();
    if (count == 1) {
      Workers.parallelFor(
          outLength(), GRAIN_ELEMENTS, (from, to) -> section.run(this, 0, from, to));
      return;
    }
    forEach((lines, from, to) -> {
      for (long line = from; line < to; line++) {
        section.run(lines, line, 0, outLength());
      }
    });
  }

  /** Where a line starts in the output, in bytes. */
  long outStart(long line) {
    return out.byteOffset() + outer.firstOffset(line);
  }

  /** Where a line starts in the first input, in bytes. */
  long firstStart(long line) {
    return first.byteOffset() + outer.secondOffset(line);
  }

  /** Where a line starts in the second input, in bytes. */
  long secondStart(long line) {
    return second.byteOffset() + outer.thirdOffset(line);
  }
}
