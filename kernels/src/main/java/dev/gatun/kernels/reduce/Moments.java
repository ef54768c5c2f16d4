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
  private @Nullable MomentKernel kernel;
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
  private boolean root;

  private Moments() {}

  static Moments ofThread() {
    return OF_THREAD.get();
  }

  void run(
      MomentKernel kernel,
      StridedArray out,
      @Nullable StridedArray mean,
      StridedArray in,
      double correction,
      boolean root) {
    long outputs = out.layout().numel();
    if (outputs == 0) {
      return;
    }
    perOutput = in.layout().numel() / outputs;
    this.kernel = kernel;
    this.out = out;
    this.mean = mean;
    this.in = in.segment();
    type = in.dtype();
    this.correction = correction;
    this.root = root;
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
      this.kernel = null;
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
    var kernel = this.kernel;
    var out = this.out;
    if (kernel == null || out == null) {
      throw new IllegalStateException("Moments are walked only while they are computed");
    }
    var means = this.mean;
    for (long output = from; output < to; output++) {
      long start = inStart + kept.firstOffset(output);
      double average = Double.NaN;
      double spread = Double.NaN;
      if (blocks > 0) {
        double origin = type.getDouble(in, start);
        double mean = excess(kernel, start, 0, blocks, origin) / perOutput;
        double squares = squares(kernel, start, 0, blocks, origin, mean);
        average = origin + mean;
        double variance = squares / Math.max(0, perOutput - correction);
        spread = root ? Math.sqrt(variance) : variance;
      }
      out.dtype().setDouble(out.segment(), out.byteOffset() + kept.secondOffset(output), spread);
      if (means != null) {
        means
            .dtype()
            .setDouble(means.segment(), means.byteOffset() + kept.thirdOffset(output), average);
      }
    }
  }

  private double excess(MomentKernel kernel, long start, long from, long to, double origin) {
    if (to - from == 1) {
      return kernel.excess(in, blockOffset(start, from), stride, blockSize(from), origin);
    }
    long middle = (from + to) >>> 1;
    return excess(kernel, start, from, middle, origin) + excess(kernel, start, middle, to, origin);
  }

  private double squares(
      MomentKernel kernel, long start, long from, long to, double origin, double mean) {
    if (to - from == 1) {
      return kernel.squares(in, blockOffset(start, from), stride, blockSize(from), origin, mean);
    }
    long middle = (from + to) >>> 1;
    return squares(kernel, start, from, middle, origin, mean)
        + squares(kernel, start, middle, to, origin, mean);
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
