package dev.gatun.kernels.convolution;

import dev.gatun.kernels.RangeTask;
import dev.gatun.kernels.Workers;
import dev.gatun.kernels.scratch.OffsetTable;
import dev.gatun.kernels.scratch.ScratchPool;

/**
 * Multiplies every factor with every element that it meets.
 *
 * <p>The work is cut into strips of some rows of results. For each strip, the part of the image
 * that it reads is copied to scratch memory with its padding; results are computed there in rows as
 * long as those of the copy, and then brought to their place. The columns in between cost a few per
 * cent more multiplications and spare a copy of every element for every tap.
 */
final class DirectCorrelation implements RangeTask {
  /** A strip and its results should stay in the second-level cache. */
  private static final long MOST_STRIP_BYTES = 384 << 10;

  private static final double SMALLEST_SHARED_WORK = 400_000;
  private static final double SMALLEST_PART_WORK = 200_000;
  private static final int PARTS_PER_THREAD = 4;

  /** What copying a vector into a strip costs, in multiplications of vectors. */
  private static final double COPYING_COST = 4;

  /** Sums are cut into pieces of about this many products, which keeps their errors small. */
  private static final int PIECE = 192;

  private final TileKernels kernels;
  private final ScratchPool<CorrelationScratch> scratchPool;
  private final OffsetTable tableMemory = new OffsetTable();
  private final StripPlanes strip;

  private final Correlation call;
  private int depth;
  private int stripRows;
  private int strips;
  private int partResults;
  private int resultParts;
  private int pieceChannels;
  private long sumsRowBytes;
  private long[] table = new long[0];

  DirectCorrelation(
      TileKernels kernels, Correlation call, ScratchPool<CorrelationScratch> scratchPool) {
    this.kernels = kernels;
    this.call = call;
    this.scratchPool = scratchPool;
    strip = new StripPlanes(kernels.rowKernels, kernels.elementBytes);
  }

  /** Computes the results of a call that is not empty and whose taps are sorted. */
  void runAll() {
    depth = call.depth();
    int taps = call.rowTaps.count * call.columnTaps.count;
    int pieces = Math.clamp(Math.round((float) depth / PIECE), 1, Math.max(1, call.groupChannels));
    pieceChannels = Math.max(1, Math.ceilDiv(call.groupChannels, pieces));
    double work = call.work();
    int threads = work < SMALLEST_SHARED_WORK ? 1 : Workers.threads();
    long wanted = threads == 1 ? 1 : (long) threads * PARTS_PER_THREAD;
    wanted = (long) Math.min(wanted, 1 + work / SMALLEST_PART_WORK);
    chooseStrips(wanted);
    strip.arrange(
        call.rowTaps, call.columnTaps, stripRows, call.resultColumns, call.imageColumns);
    sumsRowBytes = kernels.vectorsFor(width(stripRows)) * kernels.lanes * kernels.elementBytes;
    table = tableMemory.reserve(pieceChannels * taps);
    int step = 0;
    for (int channel = 0; channel < pieceChannels; channel++) {
      for (int i = 0; i < call.rowTaps.count; i++) {
        for (int j = 0; j < call.columnTaps.count; j++) {
          table[step++] =
              channel * strip.channelBytes + strip.position(call.rowTaps, i, call.columnTaps, j);
        }
      }
    }
    long parts = call.batch * call.groups * strips * resultParts;
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
    int rowElements = call.resultColumns + call.columnTaps.extra;
    long phases = (long) call.rowTaps.phaseCount * call.columnTaps.phaseCount;
    for (int count = 1, former = 0; count <= call.resultRows; count++) {
      int rows = Math.ceilDiv(call.resultRows, count);
      long copied = phases * call.groupChannels * (rows + call.rowTaps.extra) * rowElements;
      long sums = (long) rows * rowElements * call.groupResults;
      if (rows == former
          || (rows > 1 && (copied + sums) * kernels.elementBytes > MOST_STRIP_BYTES)) {
        continue;
      }
      former = rows;
      long cuts = Math.ceilDiv(wanted, call.batch * call.groups * count);
      long width = (long) (rows - 1) * rowElements + call.resultColumns;
      double multiplied = kernels.vectorsFor(width) * (double) depth * call.groupResults;
      double cost = (multiplied + COPYING_COST * kernels.vectorsFor(copied) * cuts) / rows;
      if (cost < best) {
        best = cost;
        stripRows = rows;
      }
    }
    strips = Math.ceilDiv(call.resultRows, stripRows);
    long cuts = Math.ceilDiv(wanted, call.batch * call.groups * strips);
    long tiles = Math.ceilDiv(call.groupResults, TileKernels.ROWS);
    partResults = (int) Math.min(call.groupResults, Math.ceilDiv(tiles, cuts) * TileKernels.ROWS);
    resultParts = Math.ceilDiv(call.groupResults, partResults);
  }

  /** The number of results of a strip, with the gaps between its rows. */
  private long width(int rows) {
    return (long) (rows - 1) * strip.rowElements + call.resultColumns;
  }

  @Override
  public void run(long from, long to) {
    var scratch = scratchPool.take();
    for (long part = from; part < to; part++) {
      long rest = part;
      int results = (int) (rest % resultParts);
      rest /= resultParts;
      int index = (int) (rest % strips);
      rest /= strips;
      int group = (int) (rest % call.groups);
      runStrip(scratch, rest / call.groups, group, index * stripRows, results * partResults);
    }
    scratchPool.giveBack(scratch);
  }

  private void runStrip(
      CorrelationScratch scratch, long item, int group, int firstRow, int firstResult) {
    int bytes = kernels.elementBytes;
    int rows = Math.min(stripRows, call.resultRows - firstRow);
    int results = Math.min(partResults, call.groupResults - firstResult);
    long slack = (long) kernels.columns() * bytes;
    var planes = scratch.planes.reserve(call.groupChannels * strip.channelBytes + slack);
    var sums = scratch.sums.reserve(results * sumsRowBytes);
    for (int channel = 0; channel < call.groupChannels; channel++) {
      strip.copy(
          call,
          call.rowTaps,
          call.columnTaps,
          call.imageAt(item, (long) group * call.groupChannels + channel),
          firstRow,
          rows,
          planes,
          channel * strip.channelBytes);
    }
    long first = (long) group * call.groupResults + firstResult;
    multiply(scratch, call.factorsAt(group, firstResult), results, width(rows));
    for (int channel = 0; channel < results; channel++) {
      double addend = call.bias(kernels.dtype, first + channel);
      for (int row = 0; row < rows; row++) {
        kernels.rowKernels.add(
            call.resultColumns,
            sums,
            channel * sumsRowBytes + (long) row * strip.rowElements * bytes,
            addend,
            call.result,
            call.resultAt(item, first + channel, firstRow + row),
            call.resultColumnBytes);
      }
    }
  }

  private void multiply(CorrelationScratch scratch, long factorsFrom, int results, long width) {
    var planes = scratch.planes.segment();
    var sums = scratch.sums.segment();
    var block = scratch.block.reserve(kernels.blockBytes());
    int taps = call.rowTaps.count * call.columnTaps.count;
    int bytes = kernels.elementBytes;
    long factorRowBytes = (long) depth * bytes;
    long vectors = kernels.vectorsFor(width);
    long panels = Math.ceilDiv(vectors, kernels.vectors);
    for (long panel = 0; panel < panels; panel++) {
      // Panels of about the same width: a narrow one at the end would be slow.
      long firstVector = panel * vectors / panels;
      int panelVectors = (int) ((panel + 1) * vectors / panels - firstVector);
      long along = firstVector * kernels.lanes * bytes;
      for (int row = 0; row < results; ) {
        int height = TileKernels.rowsWithin(results - row);
        int channel = 0;
        do {
          int channels = Math.min(pieceChannels, call.groupChannels - channel);
          kernels.multiply(
              height,
              panelVectors,
              false,
              channel > 0,
              channels * taps,
              call.factors,
              factorsFrom + row * factorRowBytes + (long) channel * taps * bytes,
              factorRowBytes,
              planes,
              channel * strip.channelBytes + along,
              table,
              sums,
              row * sumsRowBytes + along,
              sumsRowBytes,
              block);
          channel += pieceChannels;
        } while (channel < call.groupChannels);
        row += height;
      }
    }
  }
}
