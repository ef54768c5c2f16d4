package dev.gatun.kernels.reduce;

import dev.gatun.kernels.RangeTask;
import dev.gatun.kernels.Workers;
import dev.gatun.memory.DType;
import dev.gatun.memory.StridedArray;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Walks the rows of layer normalisation and of its gradients, and divides the work. Gradients of
 * weights and biases are summed in parts of rows whose boundaries depend on the shape alone, and
 * the parts are added in order.
 *
 * <p>An instance is reused by its thread and holds no operands between calls. Kernels read its
 * fields; starts and strides are in bytes.
 */
final class Norm {
  /** The number of rows that contribute to gradients of weights at once. */
  static final int BLOCK_ROWS = 32;

  /** So many rows have their means computed together, and are in the cache for what follows. */
  private static final int MEANS_AT_ONCE = 4;

  private static final int MOST_PARTS = 16;
  private static final int BLOCK = 4096;
  private static final long SERIAL_ELEMENTS = 1 << 15;
  private static final long GRAIN_ELEMENTS = 1 << 14;
  private static final ThreadLocal<Norm> OF_THREAD = ThreadLocal.withInitial(Norm::new);
  private static final MemorySegment NOTHING = MemorySegment.NULL;

  /** What is written along rows: the normalised rows, or the gradient of the input. */
  MemorySegment out = NOTHING;

  MemorySegment x = NOTHING;
  MemorySegment gradient = NOTHING;
  MemorySegment weight = NOTHING;
  MemorySegment bias = NOTHING;
  long xStart;
  long xStride;
  long gradientStart;
  long gradientStride;
  long weightStart;
  long biasStart;
  int length;

  private final RangeTask normalizing = this::normalize;
  private final RangeTask differentiating = this::differentiate;
  private @Nullable NormKernel kernel;
  private @Nullable FoldKernel sum;
  private @Nullable MomentKernel deviation;
  private DType statisticsType = DType.FLOAT32;
  private MemorySegment mean = NOTHING;
  private MemorySegment rstd = NOTHING;
  private boolean centered;
  private boolean inputWanted;
  private boolean parametersWanted;
  private long meanStart;
  private long rstdStart;
  private long outStart;
  private long outStride;
  private long rows;
  private long partRows;
  private double epsilon;
  private double[] parts = new double[0];

  private Norm() {}

  static Norm ofThread() {
    return OF_THREAD.get();
  }

  /** Normalises rows; see {@link ReductionKernels#layerNorm}. */
  void run(
      NormKernel kernel,
      FoldKernel sum,
      MomentKernel deviation,
      StridedArray out,
      @Nullable StridedArray mean,
      StridedArray rstd,
      StridedArray x,
      @Nullable StridedArray weight,
      @Nullable StridedArray bias,
      double epsilon) {
    try {
      this.kernel = kernel;
      this.sum = sum;
      this.deviation = deviation;
      this.epsilon = epsilon;
      setInput(x, mean, rstd, weight);
      setOut(out);
      if (bias != null) {
        this.bias = bias.segment();
        biasStart = bias.byteOffset();
      }
      long elements = rows * length;
      if (elements < SERIAL_ELEMENTS) {
        normalize(0, rows);
      } else {
        Workers.parallelFor(rows, Math.max(1, GRAIN_ELEMENTS / length), normalizing);
      }
    } finally {
      Reference.reachabilityFence(out);
      Reference.reachabilityFence(mean);
      Reference.reachabilityFence(rstd);
      Reference.reachabilityFence(x);
      Reference.reachabilityFence(weight);
      Reference.reachabilityFence(bias);
      forget();
    }
  }

  /** Computes gradients; see {@link ReductionKernels#layerNormBackward}. */
  void runBackward(
      NormKernel kernel,
      @Nullable StridedArray gradX,
      @Nullable StridedArray gradWeight,
      @Nullable StridedArray gradBias,
      StridedArray gradOut,
      StridedArray x,
      @Nullable StridedArray mean,
      StridedArray rstd,
      @Nullable StridedArray weight) {
    try {
      this.kernel = kernel;
      setInput(x, mean, rstd, weight);
      inputWanted = gradX != null;
      if (gradX != null) {
        setOut(gradX);
      }
      gradient = gradOut.segment();
      gradientStart = gradOut.byteOffset();
      gradientStride = gradOut.layout().stride(0) << gradOut.dtype().byteShift();
      parametersWanted = gradWeight != null || gradBias != null;
      long blocks = (rows + BLOCK_ROWS - 1) / BLOCK_ROWS;
      partRows = (blocks + MOST_PARTS - 1) / MOST_PARTS * BLOCK_ROWS;
      int partCount = rows == 0 ? 0 : (int) ((rows + partRows - 1) / partRows);
      if (parametersWanted) {
        int size = Math.multiplyExact(Math.max(1, partCount), 2 * length);
        if (parts.length < size) {
          parts = new double[size];
        }
        Arrays.fill(parts, 0, size, 0);
      }
      if (rows * length < SERIAL_ELEMENTS) {
        differentiate(0, partCount);
      } else {
        Workers.parallelFor(partCount, 1, differentiating);
      }
      if (parametersWanted) {
        addParts(partCount);
        store(gradWeight, 0);
        store(gradBias, length);
      }
    } finally {
      Reference.reachabilityFence(gradX);
      Reference.reachabilityFence(gradWeight);
      Reference.reachabilityFence(gradBias);
      Reference.reachabilityFence(gradOut);
      Reference.reachabilityFence(x);
      Reference.reachabilityFence(mean);
      Reference.reachabilityFence(rstd);
      Reference.reachabilityFence(weight);
      forget();
    }
  }

  private void setInput(
      StridedArray x,
      @Nullable StridedArray mean,
      StridedArray rstd,
      @Nullable StridedArray weight) {
    var layout = x.layout();
    rows = layout.size(0);
    length = Math.toIntExact(layout.size(1));
    this.x = x.segment();
    xStart = x.byteOffset();
    xStride = layout.stride(0) << x.dtype().byteShift();
    statisticsType = rstd.dtype();
    this.rstd = rstd.segment();
    rstdStart = rstd.byteOffset();
    centered = mean != null;
    if (mean != null) {
      this.mean = mean.segment();
      meanStart = mean.byteOffset();
    }
    if (weight != null) {
      this.weight = weight.segment();
      weightStart = weight.byteOffset();
    }
  }

  private void setOut(StridedArray array) {
    out = array.segment();
    outStart = array.byteOffset();
    outStride = array.layout().stride(0) << array.dtype().byteShift();
  }

  private void forget() {
    kernel = null;
    sum = null;
    deviation = null;
    out = NOTHING;
    x = NOTHING;
    gradient = NOTHING;
    weight = NOTHING;
    bias = NOTHING;
    mean = NOTHING;
    rstd = NOTHING;
  }

  double mean(long row) {
    return centered
        ? statisticsType.getDouble(mean, meanStart + (row << statisticsType.byteShift()))
        : 0;
  }

  double rstd(long row) {
    return statisticsType.getDouble(rstd, rstdStart + (row << statisticsType.byteShift()));
  }

  private void normalize(long from, long to) {
    var kernel = kernel();
    var sum = this.sum;
    var deviation = this.deviation;
    if (sum == null || deviation == null) {
      throw new IllegalStateException("Rows are normalised only while a kernel runs");
    }
    for (long row = from; row < to; row++) {
      long start = xStart + row * xStride;
      long at = row << statisticsType.byteShift();
      if (centered && (row - from) % MEANS_AT_ONCE == 0) {
        computeMeans(sum, row, Math.min(to, row + MEANS_AT_ONCE));
      }
      double average = mean(row);
      double variance = deviations(deviation, start, average) / length;
      statisticsType.setDouble(rstd, rstdStart + at, 1 / Math.sqrt(variance + epsilon));
      kernel.normalize(this, outStart + row * outStride, start, average, rstd(row));
    }
  }

  private void computeMeans(FoldKernel sum, long from, long to) {
    int size = statisticsType.byteSize();
    if (length > 0 && length <= BLOCK) {
      sum.rows(
          x,
          xStart + from * xStride,
          xStride,
          to - from,
          1L << xShift(),
          length,
          mean,
          statisticsType,
          meanStart + from * size,
          size,
          length);
      return;
    }
    for (long row = from; row < to; row++) {
      double average = sum(sum, xStart + row * xStride) / length;
      statisticsType.setDouble(mean, meanStart + row * size, average);
    }
  }

  private double sum(FoldKernel kernel, long start) {
    double result = 0;
    for (int block = 0; block < length; block += BLOCK) {
      result += Double.longBitsToDouble(row(kernel, start, block));
    }
    return result;
  }

  private long row(FoldKernel kernel, long start, int block) {
    int shift = xShift();
    return kernel.row(
        x, start + ((long) block << shift), 1L << shift, Math.min(BLOCK, length - block));
  }

  private double deviations(MomentKernel kernel, long start, double average) {
    int shift = xShift();
    double result = 0;
    for (int block = 0; block < length; block += BLOCK) {
      long at = start + ((long) block << shift);
      result += kernel.squares(x, at, 1L << shift, Math.min(BLOCK, length - block), average, 0);
    }
    return result;
  }

  private int xShift() {
    return kernel().type().byteShift();
  }

  private void differentiate(long from, long to) {
    for (long part = from; part < to; part++) {
      long end = Math.min(rows, (part + 1) * partRows);
      for (long row = part * partRows; row < end; row += BLOCK_ROWS) {
        int count = (int) Math.min(BLOCK_ROWS, end - row);
        if (parametersWanted) {
          kernel().addParameterGradients(this, row, count, parts, (int) part * 2 * length);
        }
        if (inputWanted) {
          differentiateInput(row, row + count);
        }
      }
    }
  }

  private void differentiateInput(long from, long to) {
    var kernel = kernel();
    for (long row = from; row < to; row++) {
      long g = gradientStart + row * gradientStride;
      long start = xStart + row * xStride;
      double average = mean(row);
      double scale = rstd(row);
      double shift = centered ? kernel.gradientSum(this, g) / length : 0;
      double slope = kernel.gradientDot(this, g, start, average) / length * scale * scale;
      kernel.inputGradient(
          this, outStart + row * outStride, g, start, average, scale, slope, shift);
    }
  }

  private void addParts(int count) {
    int size = 2 * length;
    for (int part = 1; part < count; part++) {
      int at = part * size;
      for (int i = 0; i < size; i++) {
        parts[i] += parts[at + i];
      }
    }
  }

  private void store(@Nullable StridedArray target, int from) {
    if (target == null) {
      return;
    }
    var type = target.dtype();
    var segment = target.segment();
    long start = target.byteOffset();
    for (int i = 0; i < length; i++) {
      type.setDouble(segment, start + ((long) i << type.byteShift()), parts[from + i]);
    }
  }

  private NormKernel kernel() {
    var kernel = this.kernel;
    if (kernel == null) {
      throw new IllegalStateException("Rows are walked only while a kernel runs");
    }
    return kernel;
  }
}
