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
 * Computes means and variances of operands of any layout, output by output, in two passes each.
 *
 * <p>An instance is reused by its thread and holds no operands between calls.
 */
final class Moments {
  private static final int BLOCK = 4096;
  private static final long SERIAL_ELEMENTS = 1 << 15;
  private static final long GRAIN_ELEMENTS = 1 << 14;
  private static final ThreadLocal<Moments> OF_THREAD = ThreadLocal.withInitial(Moments::new);

  private final RangeTask running = this::run;
  private final Axes kept = new Axes();
  private final Axes folded = new Axes();
  private @Nullable FoldKernel sum;
  private @Nullable DeviationKernel deviation;
  private @Nullable StridedArray out;
  private @Nullable StridedArray mean;
  private MemorySegment in = MemorySegment.NULL;
  private DType type = DType.FLOAT32;
  private long inStart;
  private long length;
  private long stride;
  private long blocksOfLength;
  private long blocks;
  private long perOutput;
  private double correction;

  private Moments() {}

  static Moments ofThread() {
    return OF_THREAD.get();
  }

  void run(
      FoldKernel sum,
      DeviationKernel deviation,
      StridedArray out,
      @Nullable StridedArray mean,
      StridedArray in,
      double correction) {
    long outputs = out.layout().numel();
    if (outputs == 0) {
      return;
    }
    perOutput = in.layout().numel() / outputs;
    this.sum = sum;
    this.deviation = deviation;
    this.out = out;
    this.mean = mean;
    this.in = in.segment();
    type = in.dtype();
    this.correction = correction;
    inStart = in.byteOffset();
    try {
      chooseAxes(out, mean == null ? out : mean, in);
      if (outputs * perOutput < SERIAL_ELEMENTS) {
        run(0, outputs);
      } else {
        Workers.parallelFor(outputs, Math.max(1, GRAIN_ELEMENTS / perOutput), running);
      }
    } finally {
      Reference.reachabilityFence(out);
      Reference.reachabilityFence(mean);
      Reference.reachabilityFence(in);
      this.sum = null;
      this.deviation = null;
      this.out = null;
      this.mean = null;
      this.in = MemorySegment.NULL;
    }
  }

  private void chooseAxes(StridedArray out, StridedArray mean, StridedArray in) {
    kept.clear();
    folded.clear();
    int shift = in.dtype().byteShift();
    var layout = in.layout();
    for (int axis = 0; axis < layout.rank(); axis++) {
      long size = layout.size(axis);
      if (size == 1) {
        continue;
      }
      long along = layout.stride(axis) << shift;
      if (out.layout().size(axis) == 1) {
        folded.insert(size, along, 0, 0);
      } else {
        long outStride = out.layout().stride(axis) << out.dtype().byteShift();
        long meanStride = mean.layout().stride(axis) << mean.dtype().byteShift();
        kept.insert(size, along, outStride, meanStride);
      }
    }
    kept.merge();
    folded.merge();
    length = 1;
    stride = 0;
    if (folded.count() > 0) {
      folded.dropInnermost();
      length = folded.size(folded.count());
      stride = folded.firstStride(folded.count());
    }
    blocksOfLength = length == 0 ? 0 : (length - 1) / BLOCK + 1;
    blocks = blocksOfLength * folded.product();
  }

  private void run(long from, long to) {
    var sum = this.sum;
    var deviation = this.deviation;
    var out = this.out;
    if (sum == null || deviation == null || out == null) {
      throw new IllegalStateException("Moments are walked only while they are computed");
    }
    var mean = this.mean;
    for (long output = from; output < to; output++) {
      long start = inStart + kept.firstOffset(output);
      double average = Double.NaN;
      double variance = Double.NaN;
      if (blocks > 0) {
        average = Double.longBitsToDouble(sum(sum, start, 0, blocks)) / perOutput;
        double squares = deviations(deviation, start, 0, blocks, average);
        if (mayBeRounding(squares, average)) {
          double first = type.getDouble(in, start);
          if (deviations(deviation, start, 0, blocks, first) == 0) {
            average = first;
            squares = 0;
          } else {
            average = first + preciseSum(start, first) / perOutput;
            squares = preciseSquares(start, average);
          }
        }
        variance = squares / Math.max(0, perOutput - correction);
      }
      out.dtype().setDouble(out.segment(), out.byteOffset() + kept.secondOffset(output), variance);
      if (mean != null) {
        mean.dtype()
            .setDouble(mean.segment(), mean.byteOffset() + kept.thirdOffset(output), average);
      }
    }
  }

  /**
   * Tells whether elements are as far from their mean as that may be from the true one, because
   * their sum is rounded to their type; or whether the sum has overflowed it.
   */
  private boolean mayBeRounding(double squares, double average) {
    if (Double.isInfinite(average)) {
      // With an infinite element it would be NaN.
      return Double.isInfinite(squares);
    }
    double ulp = type == DType.FLOAT64 ? Math.ulp(average) : Math.ulp((float) average);
    double rounding = Math.min(perOutput, BLOCK) * ulp;
    return squares > 0 && squares <= perOutput * rounding * rounding;
  }

  /** The sum of what elements exceed a number by, in double precision. */
  private double preciseSum(long start, double origin) {
    double sum = 0;
    for (long block = 0; block < blocks; block++) {
      long offset = blockOffset(start, block);
      for (int i = blockSize(block) - 1; i >= 0; i--) {
        sum += type.getDouble(in, offset + i * stride) - origin;
      }
    }
    return sum;
  }

  /** The sum of squared deviations from a mean, in double precision. */
  private double preciseSquares(long start, double mean) {
    double sum = 0;
    for (long block = 0; block < blocks; block++) {
      long offset = blockOffset(start, block);
      for (int i = blockSize(block) - 1; i >= 0; i--) {
        double deviation = type.getDouble(in, offset + i * stride) - mean;
        sum += deviation * deviation;
      }
    }
    return sum;
  }

  private long sum(FoldKernel kernel, long start, long from, long to) {
    if (to - from == 1) {
      return kernel.row(in, blockOffset(start, from), stride, blockSize(from));
    }
    long middle = (from + to) >>> 1;
    return kernel.combine(sum(kernel, start, from, middle), sum(kernel, start, middle, to));
  }

  private double deviations(DeviationKernel kernel, long start, long from, long to, double mean) {
    if (to - from == 1) {
      return kernel.sum(in, blockOffset(start, from), stride, blockSize(from), mean);
    }
    long middle = (from + to) >>> 1;
    return deviations(kernel, start, from, middle, mean)
        + deviations(kernel, start, middle, to, mean);
  }

  private long blockOffset(long start, long block) {
    return start
        + folded.firstOffset(block / blocksOfLength)
        + block % blocksOfLength * BLOCK * stride;
  }

  private int blockSize(long block) {
    return (int) Math.min(BLOCK, length - block % blocksOfLength * BLOCK);
  }
}
