package dev.gatun.kernels.reduce;

import dev.gatun.kernels.RangeTask;
import dev.gatun.kernels.Workers;
import dev.gatun.kernels.traverse.Axes;
import dev.gatun.memory.DType;
import dev.gatun.memory.StridedArray;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import org.jspecify.annotations.Nullable;

/**
 * Walks an output and up to two inputs fibre by fibre along one axis, and divides the work.
 *
 * <p>An instance is reused by its thread and holds no operands between calls. Kernels read its
 * fields; strides are in bytes.
 */
final class Fibres {
  private static final long GRAIN_ELEMENTS = 1 << 14;
  private static final long SERIAL_ELEMENTS = 1 << 15;
  private static final ThreadLocal<Fibres> OF_THREAD = ThreadLocal.withInitial(Fibres::new);
  private static final MemorySegment NOTHING = MemorySegment.NULL;

  MemorySegment out = NOTHING;
  MemorySegment first = NOTHING;
  MemorySegment second = NOTHING;
  DType outType = DType.FLOAT32;

  /** The element type of the inputs. */
  DType type = DType.FLOAT32;

  /** The number of elements of an input's fibre. */
  long length;

  /** Distances of neighbours along a fibre. */
  long outAlong;

  long firstAlong;
  long secondAlong;

  /** Distances between the starts of neighbouring fibres. */
  long outNext;

  long firstNext;
  long secondNext;

  private final Axes outer = new Axes();
  private final RangeTask running = this::run;
  private @Nullable FibreKernel kernel;
  private long run;
  private long outStart;
  private long firstStart;
  private long secondStart;

  private Fibres() {}

  static Fibres ofThread() {
    return OF_THREAD.get();
  }

  /**
   * Runs a kernel over all fibres of {@code first} along {@code axis}; if there is no such axis,
   * over fibres of one element.
   */
  void run(
      FibreKernel kernel, int axis, StridedArray out, StridedArray first, StridedArray second) {
    try {
      prepare(axis, out, first, second);
      this.kernel = kernel;
      long fibres = outer.product() * run;
      long perFibre = Math.max(1, length);
      if (fibres * perFibre < SERIAL_ELEMENTS) {
        run(0, fibres);
      } else {
        Workers.parallelFor(fibres, Math.max(1, GRAIN_ELEMENTS / perFibre), running);
      }
    } finally {
      Reference.reachabilityFence(out);
      Reference.reachabilityFence(first);
      Reference.reachabilityFence(second);
      this.kernel = null;
      this.out = NOTHING;
      this.first = NOTHING;
      this.second = NOTHING;
    }
  }

  private void prepare(int axis, StridedArray out, StridedArray first, StridedArray second) {
    this.out = out.segment();
    this.first = first.segment();
    this.second = second.segment();
    outType = out.dtype();
    type = first.dtype();
    outStart = out.byteOffset();
    firstStart = first.byteOffset();
    secondStart = second.byteOffset();
    int outShift = outType.byteShift();
    int firstShift = type.byteShift();
    int secondShift = second.dtype().byteShift();
    var outLayout = out.layout();
    var firstLayout = first.layout();
    var secondLayout = second.layout();
    length = 1;
    outAlong = 0;
    firstAlong = 0;
    secondAlong = 0;
    outer.clear();
    for (int other = 0; other < firstLayout.rank(); other++) {
      long size = firstLayout.size(other);
      long outStride = outLayout.stride(other) << outShift;
      long firstStride = firstLayout.stride(other) << firstShift;
      long secondStride = secondLayout.stride(other) << secondShift;
      if (other == axis) {
        length = size;
        outAlong = outStride;
        firstAlong = firstStride;
        secondAlong = secondStride;
      } else if (size != 1) {
        outer.insert(size, outStride, firstStride, secondStride);
      }
    }
    outer.merge();
    run = 1;
    outNext = 0;
    firstNext = 0;
    secondNext = 0;
    if (outer.count() > 0) {
      outer.dropInnermost();
      int innermost = outer.count();
      run = outer.size(innermost);
      outNext = outer.firstStride(innermost);
      firstNext = outer.secondStride(innermost);
      secondNext = outer.thirdStride(innermost);
    }
  }

  private void run(long from, long to) {
    var kernel = this.kernel;
    if (kernel == null) {
      throw new IllegalStateException("Fibres are walked only while a kernel runs");
    }
    for (long fibre = from; fibre < to; ) {
      long index = fibre / run;
      long within = fibre - index * run;
      long count = Math.min(run - within, to - fibre);
      kernel.run(
          this,
          outStart + outer.firstOffset(index) + within * outNext,
          firstStart + outer.secondOffset(index) + within * firstNext,
          secondStart + outer.thirdOffset(index) + within * secondNext,
          count);
      fibre += count;
    }
  }

  /** Tells whether elements of {@code bytes} follow each other without gaps along every fibre. */
  boolean alongIs(int bytes) {
    return length == 1 || (outAlong == bytes && firstAlong == bytes && secondAlong == bytes);
  }

  /** Tells whether fibres of elements of {@code bytes} lie side by side without gaps. */
  boolean nextIs(int bytes) {
    return outNext == bytes && firstNext == bytes && secondNext == bytes;
  }
}
