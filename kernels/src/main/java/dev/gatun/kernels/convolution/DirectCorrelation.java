package dev.gatun.kernels.convolution;

import dev.gatun.kernels.RangeTask;
import dev.gatun.kernels.Workers;
import dev.gatun.kernels.packed.PackedProducts;
import dev.gatun.kernels.scratch.OffsetTable;
import dev.gatun.kernels.scratch.ScratchPool;
import java.lang.foreign.MemorySegment;

/**
 * Multiplies every factor with every element that it meets.
 *
 * <p>The work is cut into strips of some rows of results. For each strip, the part of the image
 * that it reads is copied to scratch memory with its padding. Tiles run along a row of results, or
 * through all rows of a strip as they lie in the copy: then the columns in between cost a few per
 * cent more multiplications, but no vector is filled in part at the end of each row. What a tile
 * has summed goes to its place at once, while the next tile is at work.
 */
final class DirectCorrelation implements RangeTask {
  /** A strip should stay in the second-level cache. */
  private static final long MOST_STRIP_BYTES = 384 << 10;

  private static final double SMALLEST_SHARED_WORK = 400_000;
  private static final double SMALLEST_PART_WORK = 200_000;
  private static final int PARTS_PER_THREAD = 4;

  /** What copying a vector into a strip costs, in multiplications of vectors. */
  private static final double COPYING_COST = 4;

  /** What bringing a vector of sums to its place costs, in multiplications of vectors. */
  private static final double MOVING_COST = 6;

  /** What a panel costs besides its vectors, as a part of a vector; more for a single vector. */
  private static final double PANEL_COST = 0.1;

  private static final double SINGLE_VECTOR_COST = 0.5;

  /** Sums are cut into pieces of about this many products, which keeps their errors small. */
  private static final int PIECE = 192;

  /** The most factors of a part that are packed: what each thread keeps on the heap. */
  private static final long MOST_PACKED_FACTORS = 1 << 22;

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
  private boolean isJoined;
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
    strip.arrange(call.rowTaps, call.columnTaps, stripRows, call.resultColumns, call.imageColumns);
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
    boolean moves = call.resultColumns % kernels.lanes != 0 || pieceChannels < call.groupChannels;
    double rowCost =
        panelsCost(kernels.vectorsFor(call.resultColumns)) * (depth + (moves ? MOVING_COST : 0));
    for (int count = 1, former = 0; count <= call.resultRows; count++) {
      int rows = Math.ceilDiv(call.resultRows, count);
      long copied = phases * call.groupChannels * (rows + call.rowTaps.extra) * rowElements;
      if (rows == former || (rows > 1 && copied * kernels.elementBytes > MOST_STRIP_BYTES)) {
        continue;
      }
      former = rows;
      long cuts = Math.ceilDiv(wanted, call.batch * call.groups * count);
      long width = (long) (rows - 1) * rowElements + call.resultColumns;
      double joinedCost = panelsCost(kernels.vectorsFor(width)) * (depth + MOVING_COST);
      double multiplied = Math.min(joinedCost, rows * rowCost) * call.groupResults;
      double cost = (multiplied + COPYING_COST * kernels.vectorsFor(copied) * cuts) / rows;
      if (cost < best) {
        best = cost;
        stripRows = rows;
        isJoined = joinedCost < rows * rowCost;
      }
    }
    strips = Math.ceilDiv(call.resultRows, stripRows);
    long cuts = Math.ceilDiv(wanted, call.batch * call.groups * strips);
    long tiles = Math.ceilDiv(call.groupResults, TileKernels.ROWS);
    partResults = (int) Math.min(call.groupResults, Math.ceilDiv(tiles, cuts) * TileKernels.ROWS);
    resultParts = Math.ceilDiv(call.groupResults, partResults);
  }

  private double panelsCost(long vectors) {
    double panels = Math.ceilDiv(vectors, kernels.vectors);
    return vectors + PANEL_COST * panels + (vectors == 1 ? SINGLE_VECTOR_COST : 0);
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
    var part = scratch.part;
    part.factors = call.factorsAt(group, firstResult);
    part.bias = (long) group * call.groupResults + firstResult;
    part.target = call.resultAt(item, part.bias, firstRow);
    int width = isJoined ? (rows - 1) * strip.rowElements + call.resultColumns : call.resultColumns;
    long panels = (isJoined ? 1L : rows) * Math.ceilDiv(kernels.vectorsFor(width), kernels.vectors);
    boolean fits = (long) results * depth <= MOST_PACKED_FACTORS;
    var packed = fits ? kernels.packedFor(results, panels) : null;
    if (packed != null) {
      packFactors(packed, scratch, results);
    }
    part.packed = packed;
    // Panel after panel for a few results: what is written are a few streams. A packed panel is
    // multiplied with all of them at once.
    for (int result = 0; result < results; ) {
      int height = packed != null ? results : TileKernels.rowsWithin(results - result);
      if (isJoined) {
        multiply(scratch, result, height, 0, width);
      } else {
        for (int row = 0; row < rows; row++) {
          multiply(scratch, result, height, row * strip.rowElements, width);
        }
      }
      result += height;
    }
  }

  /** Packs the factors of some results, piece by piece of the depth. */
  private void packFactors(PackedProducts packed, CorrelationScratch scratch, int results) {
    int bytes = kernels.elementBytes;
    int taps = call.rowTaps.count * call.columnTaps.count;
    int pieces = Math.max(1, Math.ceilDiv(call.groupChannels, pieceChannels));
    scratch.operands.reserve(pieces);
    for (int piece = 0; piece < pieces; piece++) {
      int channel = piece * pieceChannels;
      int pieceDepth = Math.min(pieceChannels, call.groupChannels - channel) * taps;
      packed.packLeft(
          scratch.operands.get(piece),
          results,
          results,
          pieceDepth,
          call.factors,
          scratch.part.factors + (long) channel * taps * bytes,
          (long) depth * bytes,
          bytes);
    }
  }

  /** Computes results that lie next to each other in the strip, with gaps where rows end. */
  private void multiply(CorrelationScratch scratch, int result, int height, int start, int length) {
    int vectors = (int) kernels.vectorsFor(length);
    int panels = Math.ceilDiv(vectors, kernels.vectors);
    for (int panel = 0; panel < panels; panel++) {
      // Panels of about the same width: a narrow one at the end would be slow.
      int first = panel * vectors / panels;
      int width = (panel + 1) * vectors / panels - first;
      int begin = first * kernels.lanes;
      int end = Math.min(length, begin + width * kernels.lanes);
      multiplyPanel(scratch, result, height, start + begin, start + end, width);
    }
  }

  private void multiplyPanel(
      CorrelationScratch scratch, int result, int height, int begin, int end, int vectors) {
    var part = scratch.part;
    int bytes = kernels.elementBytes;
    int taps = call.rowTaps.count * call.columnTaps.count;
    long factorRowBytes = (long) depth * bytes;
    int columns = vectors * kernels.lanes;
    int row = begin / strip.rowElements;
    int column = begin - row * strip.rowElements;
    boolean isWhole =
        end - begin == columns
            && column + columns <= call.resultColumns
            && call.resultColumnBytes == bytes
            && pieceChannels >= call.groupChannels
            && !call.hasBias;
    var sums = scratch.sums.reserve((long) height * columns * bytes);
    var target = isWhole ? call.result : sums;
    long at = part.target + row * call.resultRowBytes + column * call.resultColumnBytes;
    long targetAt = isWhole ? at + result * call.resultChannelBytes : 0;
    long targetRowBytes = isWhole ? call.resultChannelBytes : (long) columns * bytes;
    var packed = part.packed;
    int channel = 0;
    do {
      int depth = Math.min(pieceChannels, call.groupChannels - channel) * taps;
      long from = channel * strip.channelBytes + (long) begin * bytes;
      if (packed != null) {
        var operands = scratch.operands.get(channel / pieceChannels);
        packed.packScatteredPanel(
            operands, columns, depth, scratch.planes.segment(), from, table, 0);
        packed.multiply(
            operands, 0, height, depth, vectors, channel > 0, target, targetAt, targetRowBytes);
      } else {
        kernels.multiply(
            height,
            vectors,
            false,
            channel > 0,
            depth,
            call.factors,
            part.factors + result * factorRowBytes + (long) channel * taps * bytes,
            factorRowBytes,
            scratch.planes.segment(),
            from,
            table,
            target,
            targetAt,
            targetRowBytes,
            scratch.block.reserve(kernels.blockBytes()));
      }
      channel += pieceChannels;
    } while (channel < call.groupChannels);
    if (!isWhole) {
      move(part, sums, columns, result, height, begin, end);
    }
  }

  /** Brings the sums of a tile to their place, without the gaps between rows. */
  private void move(
      StripPart part, MemorySegment sums, int columns, int result, int height, int begin, int end) {
    int bytes = kernels.elementBytes;
    int row = begin / strip.rowElements;
    for (int from = begin; from < end; row++) {
      int rowStart = row * strip.rowElements;
      int count = Math.min(end, rowStart + call.resultColumns) - from;
      long to =
          part.target + row * call.resultRowBytes + (from - rowStart) * call.resultColumnBytes;
      for (int i = 0; i < height && count > 0; i++) {
        kernels.rowKernels.add(
            count,
            sums,
            ((long) i * columns + from - begin) * bytes,
            call.bias(kernels.dtype, part.bias + result + i),
            call.result,
            to + (result + i) * call.resultChannelBytes,
            call.resultColumnBytes);
      }
      from = rowStart + strip.rowElements;
    }
  }
}
