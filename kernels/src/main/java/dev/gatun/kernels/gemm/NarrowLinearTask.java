package dev.gatun.kernels.gemm;

import dev.gatun.kernels.RangeTask;
import dev.gatun.kernels.Workers;
import dev.gatun.memory.Layout;
import dev.gatun.memory.Shape;
import dev.gatun.memory.StridedArray;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/** One call of a layer with narrow weights, cut into groups of outputs that threads may take. */
final class NarrowLinearTask implements RangeTask {
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final Layout NO_LAYOUT = Layout.contiguous(Shape.scalar());

  /**
   * Below this many bytes of weights, times rows, waking other threads costs more than it saves.
   */
  private static final double SMALLEST_SHARED_BYTES = 400_000;

  private static final long SMALLEST_PART_BYTES = 150_000;

  private final NarrowKernels kernels;
  private final ScratchPool<Scratch> scratchPool = new ScratchPool<>(Scratch::new);

  /** Memory of the whole call: the arranged rows in {@code left}, the mask in {@code block}. */
  private final Scratch arranged = new Scratch();

  private MemorySegment out = MemorySegment.NULL;
  private MemorySegment weight = MemorySegment.NULL;
  private @Nullable StridedArray scales;
  private @Nullable StridedArray bias;
  private Layout outLayout = NO_LAYOUT;
  private long weightOffset;
  private long weightRowBytes;
  private long rows;
  private long outputs;
  private int inputs;
  private int steps;
  private int rest;
  private long leftRowBytes;

  NarrowLinearTask(NarrowKernels kernels) {
    this.kernels = kernels;
  }

  /** Tells whether rows of weights have no gaps and at least the length of a vector. */
  boolean suits(StridedArray weight) {
    var layout = weight.layout();
    return layout.stride(1) == 1 && layout.size(1) >= kernels.stepElements;
  }

  void set(
      StridedArray out,
      StridedArray x,
      StridedArray weight,
      @Nullable StridedArray scales,
      @Nullable StridedArray bias) {
    this.out = out.segment();
    this.weight = weight.segment();
    this.scales = scales;
    this.bias = bias;
    outLayout = out.layout();
    var weights = weight.layout();
    outputs = weights.size(0);
    inputs = Math.toIntExact(weights.size(1));
    rows = outLayout.numel() / outputs;
    int elementBytes = kernels.weights.byteSize();
    weightOffset = weight.byteOffset();
    weightRowBytes = (outputs == 1 ? inputs : weights.stride(0)) * elementBytes;
    steps = inputs / kernels.stepElements;
    rest = inputs % kernels.stepElements;
    leftRowBytes = (steps + 1L) * kernels.stepElements * Float.BYTES;
    arranged.reserveLeft(rows * leftRowBytes);
    for (long row = 0; row < rows; row++) {
      arrange(x, row);
    }
    if (rest > 0) {
      setMask(elementBytes);
    }
  }

  void clear() {
    out = MemorySegment.NULL;
    weight = MemorySegment.NULL;
    scales = null;
    bias = null;
    outLayout = NO_LAYOUT;
  }

  /** Brings the elements of a row into the order of the widened weights. */
  private void arrange(StridedArray x, long row) {
    var layout = x.layout();
    var source = x.segment();
    long from = ScalarNarrowLinear.rowPosition(layout, row) * Float.BYTES;
    long stride = ScalarNarrowLinear.lastStride(layout) * Float.BYTES;
    long to = row * leftRowBytes;
    for (int step = 0; step < steps; step++) {
      arrangeStep(source, from, stride, to, 0);
      from += kernels.stepElements * stride;
      to += (long) kernels.stepElements * Float.BYTES;
    }
    if (rest > 0) {
      // The last step ends with the row; what the steps before it have had is zero.
      int had = kernels.stepElements - rest;
      arrangeStep(source, from - had * stride, stride, to, had);
    }
  }

  private void arrangeStep(MemorySegment source, long from, long stride, long to, int zeros) {
    int parts = kernels.parts();
    int lanes = kernels.lanes;
    var target = arranged.left;
    for (int part = 0; part < parts; part++) {
      long partTo = to + (long) part * lanes * Float.BYTES;
      for (int lane = 0; lane < lanes; lane++) {
        int element = lane * parts + part;
        float value = element < zeros ? 0 : source.get(FLOAT, from + element * stride);
        target.set(FLOAT, partTo + (long) lane * Float.BYTES, value);
      }
    }
  }

  private void setMask(int elementBytes) {
    long bytes = (long) kernels.lanes * Float.BYTES;
    arranged.reserveBlock(bytes);
    long had = bytes - (long) rest * elementBytes;
    for (long at = 0; at < bytes; at++) {
      arranged.block.set(ValueLayout.JAVA_BYTE, at, (byte) (at < had ? 0 : -1));
    }
  }

  void runAll() {
    long groups = (outputs + kernels.lanes - 1) / kernels.lanes;
    double bytes = (double) outputs * weightRowBytes * rows;
    if (bytes < SMALLEST_SHARED_BYTES || Workers.threads() == 1) {
      run(0, groups);
      return;
    }
    long parts = (long) Math.min(Workers.threads() * 2.0, bytes / SMALLEST_PART_BYTES);
    Workers.parallelFor(groups, Math.max(1, (groups + parts - 1) / parts), this);
  }

  @Override
  public void run(long from, long to) {
    var scratch = scratchPool.take();
    int lanes = kernels.lanes;
    long vectorBytes = (long) lanes * Float.BYTES;
    scratch.reserveSums(4 * lanes * vectorBytes);
    scratch.reserveBlock(4 * vectorBytes);
    for (long group = from; group < to; group++) {
      long output = group * lanes;
      int columns = (int) Math.min(lanes, outputs - output);
      for (long row = 0; row < rows; ) {
        int height = kernels.tileRowsWithin(rows - row);
        multiply(scratch, row, height, output, columns);
        kernels.laneSums().add(height, scratch.sums, scratch.block, 0, vectorBytes);
        for (int i = 0; i < height; i++) {
          complete(scratch.block, i * vectorBytes, row + i, output, columns);
        }
        row += height;
      }
    }
    scratchPool.giveBack(scratch);
  }

  private void multiply(Scratch scratch, long row, int height, long output, int columns) {
    long vectorBytes = (long) kernels.lanes * Float.BYTES;
    long sumsRowBytes = kernels.lanes * vectorBytes;
    long left = row * leftRowBytes;
    long lastLeft = left + (long) steps * kernels.stepElements * Float.BYTES;
    long lastBytes = (long) (inputs - kernels.stepElements) * kernels.weights.byteSize();
    for (int column = 0; column < columns; ) {
      int across = columns - column >= NarrowKernels.COLUMNS ? NarrowKernels.COLUMNS : 1;
      long right = weightOffset + (output + column) * weightRowBytes;
      var tile = kernels.tile(height, across);
      tile.multiply(
          steps,
          arranged.left,
          left,
          leftRowBytes,
          weight,
          right,
          weightRowBytes,
          scratch.sums,
          column * vectorBytes,
          sumsRowBytes);
      for (int done = 0; rest > 0 && done < height; ) {
        // Masked steps of more rows are too large for the first compiler.
        int rowsAtOnce = height - done >= 2 ? 2 : 1;
        kernels
            .tile(rowsAtOnce, across)
            .multiplyMasked(
                arranged.block,
                arranged.left,
                lastLeft + done * leftRowBytes,
                leftRowBytes,
                weight,
                right + lastBytes,
                weightRowBytes,
                scratch.sums,
                done * sumsRowBytes + column * vectorBytes,
                sumsRowBytes);
        done += rowsAtOnce;
      }
      column += across;
    }
  }

  /** Scales sums, adds the bias and stores them. */
  private void complete(MemorySegment sums, long offset, long row, long output, int columns) {
    long stride = ScalarNarrowLinear.lastStride(outLayout) * Float.BYTES;
    long to = ScalarNarrowLinear.rowPosition(outLayout, row) * Float.BYTES + output * stride;
    var scales = this.scales;
    var bias = this.bias;
    for (int i = 0; i < columns; i++) {
      float value = sums.get(FLOAT, offset + (long) i * Float.BYTES);
      if (scales != null) {
        value *= element(scales, output + i);
      }
      if (bias != null) {
        value += element(bias, output + i);
      }
      out.set(FLOAT, to + i * stride, value);
    }
  }

  private static float element(StridedArray vector, long index) {
    var layout = vector.layout();
    return vector.segment().get(FLOAT, (layout.offset() + index * layout.stride(0)) * Float.BYTES);
  }
}
