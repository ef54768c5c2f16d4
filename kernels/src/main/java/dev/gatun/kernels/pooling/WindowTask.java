package dev.gatun.kernels.pooling;

import dev.gatun.kernels.RangeTask;
import dev.gatun.kernels.Workers;
import dev.gatun.kernels.scratch.ScratchMemory;
import dev.gatun.kernels.scratch.ScratchPool;
import dev.gatun.memory.StridedArray;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Combines windows of contiguous float32 images: for each row of results first the rows that its
 * windows see, into one row with padding, and then along that row. Reused from call to call.
 */
final class WindowTask implements RangeTask {
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
  private static final double SMALLEST_PART_WORK = 40_000;

  private final int lanes;
  private final WindowRows maxima;
  private final WindowRows sums;
  private final ScratchPool<WindowScratch> scratchPool;
  private final ScratchMemory divisorMemory = new ScratchMemory();
  private final PlaneWindows windows = new PlaneWindows();

  private WindowRows kernels;
  private MemorySegment out = MemorySegment.NULL;
  private MemorySegment in = MemorySegment.NULL;
  private MemorySegment divisors = MemorySegment.NULL;
  private long outOffset;
  private long inOffset;
  private int rows;
  private int columns;
  private int outRows;
  private int outColumns;
  private final Window down = new Window();
  private final Window along = new Window();
  private float padding;
  private boolean divides;
  private long divisor;

  /** Windows along one axis, in elements. */
  private static final class Window {
    int size;

    /** The distance between windows. */
    int stride;

    /** How far the first window reaches beyond the image. */
    int padding;

    /** The distance between elements of a window. */
    int dilation;

    void set(long size, long stride, long padding, long dilation) {
      this.size = Math.toIntExact(size);
      this.stride = Math.toIntExact(stride);
      this.padding = Math.toIntExact(padding);
      this.dilation = Math.toIntExact(dilation);
    }
  }

  WindowTask(
      int lanes, WindowRows maxima, WindowRows sums, ScratchPool<WindowScratch> scratchPool) {
    this.lanes = lanes;
    this.maxima = maxima;
    this.sums = sums;
    this.scratchPool = scratchPool;
    kernels = maxima;
  }

  private void set(StridedArray out, StridedArray in) {
    this.out = out.segment();
    this.in = in.segment();
    outOffset = out.byteOffset();
    inOffset = in.byteOffset();
    outRows = Math.toIntExact(out.layout().size(2));
    outColumns = Math.toIntExact(out.layout().size(3));
    rows = Math.toIntExact(in.layout().size(2));
    columns = Math.toIntExact(in.layout().size(3));
  }

  private void set(PoolingGeometry geometry) {
    down.set(
        geometry.kernelHeight(),
        geometry.strideHeight(),
        geometry.paddingHeight(),
        geometry.dilationHeight());
    along.set(
        geometry.kernelWidth(),
        geometry.strideWidth(),
        geometry.paddingWidth(),
        geometry.dilationWidth());
  }

  void max(StridedArray out, StridedArray in, PoolingGeometry geometry) {
    set(out, in);
    set(geometry);
    kernels = maxima;
    padding = Float.NEGATIVE_INFINITY;
    divides = false;
    runAll(out);
  }

  void average(
      StridedArray out,
      StridedArray in,
      PoolingGeometry geometry,
      boolean countPadding,
      long divisor) {
    set(out, in);
    set(geometry);
    windows.regular(in, out, geometry, countPadding);
    average(out, divisor);
  }

  /** Computes means of windows that cover the images side by side. */
  void adaptiveAverage(StridedArray out, StridedArray in) {
    set(out, in);
    int height = rows / outRows;
    int width = columns / outColumns;
    down.set(height, height, 0, 1);
    along.set(width, width, 0, 1);
    windows.covering(in, out);
    average(out, 0);
  }

  private void average(StridedArray out, long divisor) {
    kernels = sums;
    padding = 0;
    divides = true;
    this.divisor = divisor;
    divisors = divisorMemory.reserve((long) outColumns * Float.BYTES);
    for (int column = 0; column < outColumns; column++) {
      float counted = divisor != 0 ? divisor : windows.columns.counted(column);
      divisors.set(FLOAT, (long) column * Float.BYTES, counted);
    }
    runAll(out);
  }

  private void runAll(StridedArray result) {
    long planes = result.layout().size(0) * result.layout().size(1);
    double work = (double) rows * columns + (double) outRows * outColumns * along.size;
    Workers.parallelFor(planes, (long) (1 + SMALLEST_PART_WORK / (work + 1)), this);
  }

  void clear() {
    out = MemorySegment.NULL;
    in = MemorySegment.NULL;
  }

  @Override
  public void run(long from, long to) {
    var scratch = scratchPool.take();
    int reach = (outColumns - 1) * along.stride + (along.size - 1) * along.dilation + 1;
    int length = Math.max(reach, along.padding + columns);
    var row = scratch.row.reserve((length + 3L * lanes) * Float.BYTES);
    for (int i = 0; i < length; i++) {
      row.set(FLOAT, (long) i * Float.BYTES, padding);
    }
    for (long plane = from; plane < to; plane++) {
      runPlane(row, plane, length);
    }
    scratchPool.giveBack(scratch);
  }

  private void runPlane(MemorySegment row, long plane, int length) {
    long imageAt = inOffset + plane * rows * columns * Float.BYTES;
    long rowBytes = (long) columns * Float.BYTES;
    long to = outOffset + plane * outRows * outColumns * Float.BYTES;
    for (int outRow = 0; outRow < outRows; outRow++) {
      int top = outRow * down.stride - down.padding;
      int first = top >= 0 ? 0 : Math.ceilDiv(-top, down.dilation);
      int end = Math.min(down.size, Math.ceilDiv(rows - top, down.dilation));
      if (end > first) {
        kernels.down(
            columns,
            end - first,
            in,
            imageAt + (top + (long) first * down.dilation) * rowBytes,
            down.dilation * rowBytes,
            row,
            (long) along.padding * Float.BYTES);
      } else {
        for (int i = 0; i < length; i++) {
          row.set(FLOAT, (long) i * Float.BYTES, padding);
        }
      }
      kernels.along(outColumns, along.size, along.dilation, along.stride, row, 0, out, to);
      if (divides) {
        float counted = divisor != 0 ? 1 : windows.rows.counted(outRow);
        kernels.divide(outColumns, out, to, divisors, counted);
      }
      to += (long) outColumns * Float.BYTES;
    }
  }
}
