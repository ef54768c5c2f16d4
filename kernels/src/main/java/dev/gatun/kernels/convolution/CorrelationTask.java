package dev.gatun.kernels.convolution;

import dev.gatun.kernels.RangeTask;
import dev.gatun.kernels.Workers;
import dev.gatun.kernels.scratch.ScratchMemory;
import dev.gatun.kernels.scratch.ScratchPool;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Multiplies a matrix with shifted copies of images: each result is a sum over the channels of an
 * image and over taps, of the image at {@code result * stride + tap} times a factor. Forward passes
 * are of this kind, and so are gradients of images, once for each remainder of a position modulo
 * the convolution's stride.
 *
 * <p>The work is cut into strips of some rows of results. For each strip, the part of the image
 * that it reads is copied to scratch memory with its padding; results are computed there in rows as
 * long as those of the copy, and then brought to their place. The columns in between cost a few per
 * cent more multiplications and spare a copy of every element for every tap.
 *
 * <p>Fields are set by the caller before {@link #runAll}. Distances are in bytes.
 */
final class CorrelationTask implements RangeTask {
  /** A strip and its results should stay in the second-level cache. */
  private static final long MOST_STRIP_BYTES = 384 << 10;

  private static final double SMALLEST_SHARED_WORK = 400_000;
  private static final double SMALLEST_PART_WORK = 200_000;
  private static final int PARTS_PER_THREAD = 4;

  /** What copying a vector into a strip costs, in multiplications of vectors. */
  private static final double COPYING_COST = 4;

  private static final int LINE_BYTES = 64;

  private final TileKernels kernels;
  private final ScratchPool<CorrelationScratch> scratchPool;
  private final ScratchMemory tableMemory = new ScratchMemory();

  // The images; their rows have no gaps.
  MemorySegment image = MemorySegment.NULL;
  long imageOffset;
  long imageBytes;
  long imageChannelBytes;
  int imageRows;
  int imageColumns;

  // The factors: for each group, rows of one factor for every channel, row tap and column tap.
  MemorySegment factors = MemorySegment.NULL;
  long factorsOffset;

  // The results.
  MemorySegment result = MemorySegment.NULL;
  long resultOffset;
  long resultImageBytes;
  long resultChannelBytes;
  long resultRowBytes;
  long resultColumnBytes;

  MemorySegment bias = MemorySegment.NULL;
  long biasOffset;
  long biasBytes;
  boolean hasBias;

  long batch;
  int groups;
  int groupChannels;
  int groupResults;
  int resultRows;
  int resultColumns;
  final TapAxis rowTaps = new TapAxis();
  final TapAxis columnTaps = new TapAxis();

  private int depth;
  private int stripRows;
  private int strips;
  private int partResults;
  private int resultParts;
  private int rowElements;
  private long phaseBytes;
  private long channelBytes;
  private long sumsRowBytes;
  private MemorySegment table = MemorySegment.NULL;

  CorrelationTask(TileKernels kernels, ScratchPool<CorrelationScratch> scratchPool) {
    this.kernels = kernels;
    this.scratchPool = scratchPool;
  }

  void clear() {
    image = MemorySegment.NULL;
    factors = MemorySegment.NULL;
    result = MemorySegment.NULL;
    bias = MemorySegment.NULL;
  }

  void runAll() {
    if (batch == 0 || groupResults == 0 || resultRows <= 0 || resultColumns <= 0) {
      return;
    }
    rowTaps.finish();
    columnTaps.finish();
    depth = groupChannels * rowTaps.count * columnTaps.count;
    rowElements = resultColumns + columnTaps.extra;
    double work = (double) batch * groups * groupResults * resultRows * resultColumns * (depth + 4);
    int threads = work < SMALLEST_SHARED_WORK ? 1 : Workers.threads();
    long wanted = threads == 1 ? 1 : (long) threads * PARTS_PER_THREAD;
    wanted = (long) Math.min(wanted, 1 + work / SMALLEST_PART_WORK);
    chooseStrips(wanted);
    arrange();
    long parts = batch * groups * strips * resultParts;
    if (threads == 1) {
      run(0, parts);
    } else {
      Workers.parallelFor(parts, 1, this);
    }
  }

  /** Chooses the strips that cost least, when results are cut as well where strips are too few. */
  private void chooseStrips(long wanted) {
    double best = Double.POSITIVE_INFINITY;
    stripRows = 1;
    for (int count = 1, former = 0; count <= resultRows; count++) {
      int rows = (resultRows + count - 1) / count;
      long copied = (long) phases() * groupChannels * (rows + rowTaps.extra) * rowElements;
      long sums = (long) rows * rowElements * groupResults;
      if (rows == former
          || (rows > 1 && (copied + sums) * kernels.elementBytes > MOST_STRIP_BYTES)) {
        continue;
      }
      former = rows;
      long cuts = Math.ceilDiv(wanted, batch * groups * count);
      double multiplied = kernels.vectorsFor(width(rows)) * (double) depth * groupResults;
      double cost = (multiplied + COPYING_COST * kernels.vectorsFor(copied) * cuts) / rows;
      if (cost < best) {
        best = cost;
        stripRows = rows;
      }
    }
    strips = Math.ceilDiv(resultRows, stripRows);
    long cuts = Math.ceilDiv(wanted, batch * groups * strips);
    long tiles = Math.ceilDiv(groupResults, TileKernels.ROWS);
    partResults = (int) Math.min(groupResults, Math.ceilDiv(tiles, cuts) * TileKernels.ROWS);
    resultParts = Math.ceilDiv(groupResults, partResults);
  }

  private int phases() {
    return rowTaps.phaseCount * columnTaps.phaseCount;
  }

  /** The number of results of a strip, with the gaps between its rows. */
  private long width(int rows) {
    return (long) (rows - 1) * rowElements + resultColumns;
  }

  /** Lays a strip out, and notes where each factor's row is. */
  private void arrange() {
    phaseBytes = (long) (stripRows + rowTaps.extra) * rowElements * kernels.elementBytes;
    long lines = (phaseBytes * phases() + LINE_BYTES - 1) / LINE_BYTES;
    // An odd number of cache lines: channels do not fall on the same sets.
    channelBytes = (lines | 1) * LINE_BYTES;
    sumsRowBytes = kernels.vectorsFor(width(stripRows)) * kernels.lanes * kernels.elementBytes;
    table = tableMemory.reserve((long) depth * Long.BYTES);
    long at = 0;
    for (int channel = 0; channel < groupChannels; channel++) {
      for (int i = 0; i < rowTaps.count; i++) {
        for (int j = 0; j < columnTaps.count; j++) {
          int phase = rowTaps.phase(i) * columnTaps.phaseCount + columnTaps.phase(j);
          long element = (long) rowTaps.shift(i) * rowElements + columnTaps.shift(j);
          table.set(
              ValueLayout.JAVA_LONG,
              at,
              channel * channelBytes + phase * phaseBytes + element * kernels.elementBytes);
          at += Long.BYTES;
        }
      }
    }
  }

  @Override
  public void run(long from, long to) {
    var scratch = scratchPool.take();
    for (long part = from; part < to; part++) {
      long rest = part;
      int results = (int) (rest % resultParts);
      rest /= resultParts;
      int strip = (int) (rest % strips);
      rest /= strips;
      int group = (int) (rest % groups);
      runStrip(scratch, rest / groups, group, strip * stripRows, results * partResults);
    }
    scratchPool.giveBack(scratch);
  }

  private void runStrip(
      CorrelationScratch scratch, long item, int group, int firstRow, int firstResult) {
    int rows = Math.min(stripRows, resultRows - firstRow);
    int results = Math.min(partResults, groupResults - firstResult);
    long slack = (long) kernels.columns() * kernels.elementBytes;
    var planes = scratch.planes.reserve(groupChannels * channelBytes + slack);
    var sums = scratch.sums.reserve(results * sumsRowBytes);
    long from = imageOffset + item * imageBytes + (long) group * groupChannels * imageChannelBytes;
    for (int channel = 0; channel < groupChannels; channel++) {
      copyChannel(
          planes, channel * channelBytes, from + channel * imageChannelBytes, firstRow, rows);
    }
    long factorRowBytes = (long) depth * kernels.elementBytes;
    long factorRow = (long) group * groupResults + firstResult;
    multiply(planes, sums, factorsOffset + factorRow * factorRowBytes, results, width(rows));
    long to =
        resultOffset
            + item * resultImageBytes
            + factorRow * resultChannelBytes
            + firstRow * resultRowBytes;
    for (int channel = 0; channel < results; channel++) {
      double addend = hasBias ? bias(factorRow + channel) : 0;
      for (int row = 0; row < rows; row++) {
        long at = channel * sumsRowBytes + (long) row * rowElements * kernels.elementBytes;
        storeRow(sums, at, to + channel * resultChannelBytes + row * resultRowBytes, addend);
      }
    }
  }

  private double bias(long channel) {
    return kernels.dtype.getDouble(bias, biasOffset + channel * biasBytes);
  }

  private void storeRow(MemorySegment sums, long from, long to, double addend) {
    int bytes = kernels.elementBytes;
    if (hasBias) {
      RowMoves.copyAdding(sums, from, result, to, resultColumnBytes, resultColumns, bytes, addend);
    } else {
      RowMoves.copy(sums, from, bytes, result, to, resultColumnBytes, resultColumns, bytes);
    }
  }

  private void multiply(
      MemorySegment planes, MemorySegment sums, long factorsFrom, int results, long width) {
    long factorRowBytes = (long) depth * kernels.elementBytes;
    for (long column = 0; column < width; column += kernels.columns()) {
      int vectors = (int) Math.min(kernels.vectors, kernels.vectorsFor(width - column));
      long along = column * kernels.elementBytes;
      for (int row = 0; row < results; ) {
        int height = TileKernels.rowsWithin(results - row);
        kernels
            .tile(height, vectors)
            .multiply(
                depth,
                factors,
                factorsFrom + row * factorRowBytes,
                factorRowBytes,
                planes,
                along,
                table,
                0,
                sums,
                row * sumsRowBytes + along,
                sumsRowBytes);
        row += height;
      }
    }
  }

  /** Copies what a strip reads of one channel, phase by phase, with zeros around the image. */
  private void copyChannel(
      MemorySegment planes, long channelAt, long channelFrom, int firstRow, int rows) {
    int bytes = kernels.elementBytes;
    int stride = columnTaps.stride;
    long rowBytes = (long) rowElements * bytes;
    long to = channelAt;
    for (int rowPhase = 0; rowPhase < rowTaps.phaseCount; rowPhase++) {
      int startRow = rowTaps.start(rowPhase) + firstRow * rowTaps.stride;
      for (int columnPhase = 0; columnPhase < columnTaps.phaseCount; columnPhase++) {
        int startColumn = columnTaps.start(columnPhase);
        int left = Math.clamp(Math.ceilDiv(-startColumn, stride), 0, rowElements);
        int right = Math.clamp(Math.ceilDiv(imageColumns - startColumn, stride), left, rowElements);
        long at = to;
        for (int row = 0; row < rows + rowTaps.extra; row++) {
          int imageRow = startRow + row * rowTaps.stride;
          if (imageRow < 0 || imageRow >= imageRows) {
            RowMoves.zero(planes, at, rowElements, bytes);
          } else {
            RowMoves.zero(planes, at, left, bytes);
            long element = (long) imageRow * imageColumns + startColumn + (long) left * stride;
            RowMoves.copy(
                image,
                channelFrom + element * bytes,
                (long) stride * bytes,
                planes,
                at + (long) left * bytes,
                bytes,
                right - left,
                bytes);
            RowMoves.zero(planes, at + (long) right * bytes, rowElements - right, bytes);
          }
          at += rowBytes;
        }
        to += phaseBytes;
      }
    }
  }
}
