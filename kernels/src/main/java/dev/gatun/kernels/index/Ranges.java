package dev.gatun.kernels.index;

import dev.gatun.kernels.RangeTask;
import dev.gatun.kernels.Workers;
import dev.gatun.kernels.convert.Progressions;
import dev.gatun.memory.DType;
import dev.gatun.memory.StridedArray;
import java.lang.ref.Reference;
import org.jspecify.annotations.Nullable;

/**
 * Fills arrays with equally spaced numbers in row-major order. An instance is reused by its thread
 * and holds no array between calls.
 */
final class Ranges {
  private static final long GRAIN_ELEMENTS = 1 << 15;
  private static final long SERIAL_ELEMENTS = 1 << 16;
  private static final ThreadLocal<Ranges> OF_THREAD = ThreadLocal.withInitial(Ranges::new);

  private final RangeTask filling = this::fill;
  private @Nullable StridedArray out;
  private double start;
  private double step;

  private Ranges() {}

  static Ranges ofThread() {
    return OF_THREAD.get();
  }

  void run(StridedArray out, double start, double step) {
    long elements = out.layout().numel();
    this.out = out;
    this.start = start;
    this.step = step;
    try {
      if (elements < SERIAL_ELEMENTS) {
        fill(0, elements);
      } else {
        Workers.parallelFor(elements, GRAIN_ELEMENTS, filling);
      }
    } finally {
      Reference.reachabilityFence(out);
      this.out = null;
    }
  }

  private void fill(long from, long to) {
    var array = out;
    if (array == null) {
      throw new IllegalStateException("Arrays are filled only while there is one");
    }
    var layout = array.layout();
    int last = layout.rank() - 1;
    boolean isOneRow = layout.isContiguous();
    long columns = isOneRow ? layout.numel() : layout.size(last);
    long stride = (isOneRow ? 1 : layout.stride(last)) << array.dtype().byteShift();
    for (long element = from; element < to; ) {
      long count = Math.min(columns - element % columns, to - element);
      row(array, RowMajor.offset(array, element), stride, element, count);
      element += count;
    }
  }

  private void row(StridedArray array, long offset, long stride, long first, long count) {
    var type = array.dtype();
    boolean isExact =
        !type.isFloatingPoint()
            && type != DType.BOOL
            && start == (long) start
            && step == (long) step;
    if (isExact) {
      Progressions.write(
          type, array.segment(), offset, stride, (long) start, (long) step, first, count);
    } else {
      Progressions.write(type, array.segment(), offset, stride, start, step, first, count);
    }
  }
}
