package dev.gatun.kernels.convolution;

import dev.gatun.kernels.Workers;
import dev.gatun.kernels.packed.PackedProducts;
import dev.gatun.kernels.scratch.ScratchPool;
import java.lang.foreign.MemorySegment;

/**
 * Multiplies 3 x 3 neighbouring factors with images by Winograd's algorithm F(2x2, 3x3): 16
 * multiplications for four results instead of 36.
 *
 * <p>Its transforms add and halve, no more, and sums over channels are cut into short pieces: the
 * root mean square of its errors, measured against float64, is 2.1e-7 to 2.8e-7 of the results' for
 * 64 to 512 channels, where a direct computation with sums in one piece has 2.9e-7 to 6.8e-7.
 * F(4x4, 3x3) would need fewer multiplications still, but its errors are four times as large even
 * so, and it is not used.
 */
final class WinogradCorrelation extends TransformedCorrelation<WinogradScratch> {
  private static final double SMALLEST_PART_WORK = 200_000;
  private static final int PARTS_PER_THREAD = 4;

  /** Pieces and products of a strip should not go far beyond the second-level cache. */
  private static final long MOST_STRIP_BYTES = 2560 << 10;

  /** Up to here they are in that cache for the most part. */
  private static final long CACHED_STRIP_BYTES = 1 << 20;

  /** What takes longer with strips that are not, as a part of the multiplications. */
  private static final double UNCACHED_COST = 0.06;

  /** The most products that are summed in one sequence. */
  private static final int MOST_SUMMED = 64;

  /** What tiles read again and again should leave room for the rest in the first-level cache. */
  private static final long MOST_PANEL_BYTES = 16 << 10;

  /** What transforming a piece of one channel costs there and back, in multiplications. */
  private static final double TRANSFORM_COST = 70;

  /** What transforming the factors of a channel costs, in multiplications. */
  private static final double FACTORS_COST = 600;

  private static final int FEWEST_CHANNELS = 12;

  private final TileTransforms transforms;
  private final TapAxis rowTaps = new TapAxis();
  private final TapAxis columnTaps = new TapAxis();

  private long factorsOffset;
  private long pieceRowBytes;
  private long productNumberBytes;
  private int panelVectors;
  private int pieceRows;
  private int pieceColumns;

  WinogradCorrelation(
      TileKernels kernels,
      TileTransforms transforms,
      Correlation call,
      ScratchPool<WinogradScratch> scratchPool) {
    super(kernels, call, scratchPool);
    this.transforms = transforms;
  }

  /** Tells whether the call is of the kind that this is for, and sooner done than directly. */
  boolean suits() {
    if (!suitsTaps()) {
      return false;
    }
    double pairs = (double) call.groupChannels * call.groupResults;
    double results = (double) call.resultRows * (call.resultColumns + 2) * call.batch;
    double pieces =
        (double) Math.ceilDiv(call.resultRows, 2)
            * (Math.ceilDiv(call.resultColumns, 2) + 1)
            * call.batch;
    double direct = pairs * results * 9;
    double winograd =
        pairs * (pieces * TileTransforms.NUMBERS + FACTORS_COST)
            + pieces * TRANSFORM_COST * (call.groupChannels + call.groupResults);
    return winograd < direct;
  }

  /** Tells whether there are images for which the call would be of that kind. */
  boolean suitsTaps() {
    return call.rowTaps.isThreeNeighbours()
        && call.columnTaps.isThreeNeighbours()
        && call.groupChannels >= FEWEST_CHANNELS
        && call.groupResults >= FEWEST_CHANNELS;
  }

  /** Returns how many elements the transformed factors have. */
  long factorElements() {
    arrangeFactors();
    return TileTransforms.NUMBERS * factorNumberBytes / kernels.elementBytes;
  }

  /** Transforms all factors of a call. */
  void transformFactors(MemorySegment target, long offset) {
    arrangeFactors();
    factors = target;
    factorsOffset = offset;
    long rows = (long) call.groups * call.groupResults;
    int threads = Workers.threads();
    if (threads == 1) {
      transformFactors(0, rows);
    } else {
      Workers.parallelFor(rows, Math.ceilDiv(rows, 2L * threads), transformingFactors);
    }
  }

  private void arrangeFactors() {
    factorRowBytes = (long) call.groupChannels * kernels.elementBytes;
    factorNumberBytes =
        StripPlanes.oddLines((long) call.groups * call.groupResults * factorRowBytes);
  }

  /** Computes the results of a call that is not empty and whose taps are sorted. */
  void runAll() {
    pieceRows = Math.ceilDiv(call.resultRows, TileTransforms.RESULTS);
    pieceColumns = Math.ceilDiv(call.resultColumns, TileTransforms.RESULTS);
    rowTaps.begin(TileTransforms.RESULTS);
    columnTaps.begin(TileTransforms.RESULTS);
    for (int i = 0; i < TileTransforms.PIECE; i++) {
      rowTaps.add(call.rowTaps.start(0) + i);
      columnTaps.add(call.columnTaps.start(0) + i);
    }
    rowTaps.finish();
    columnTaps.finish();
    int threads = Workers.threads();
    panelVectors = panelVectors();
    chooseStrips(threads);
    strip.arrange(rowTaps, columnTaps, stripRows, pieceColumns, call.imageColumns);
    arrange();
    if (call.isPrepared) {
      arrangeFactors();
      factors = call.prepared;
      factorsOffset = call.preparedOffset;
    } else {
      transformFactors(factorMemory.reserve(factorElements() * kernels.elementBytes), 0);
    }
    if (threads == 1) {
      runStrips(0, parts());
    } else {
      Workers.parallelFor(parts(), 1, runningStrips);
    }
    factors = MemorySegment.NULL;
  }

  /** Chooses the strips that are done first, by the vectors of pieces that the last thread has. */
  private void chooseStrips(int threads) {
    double best = Double.POSITIVE_INFINITY;
    stripRows = 1;
    for (int count = 1, former = 0; count <= pieceRows; count++) {
      int rows = Math.ceilDiv(pieceRows, count);
      if (rows == former) {
        continue;
      }
      former = rows;
      long vectors = kernels.vectorsFor(width(rows));
      long elements = vectors * kernels.lanes * (call.groupChannels + call.groupResults);
      if (rows > 1 && elements * TileTransforms.NUMBERS * kernels.elementBytes > MOST_STRIP_BYTES) {
        continue;
      }
      double rounds = rounds(Math.ceilDiv(pieceRows, rows), threads);
      boolean cached =
          elements * TileTransforms.NUMBERS * kernels.elementBytes <= CACHED_STRIP_BYTES;
      // A panel of one vector takes longer, and so does copying the rows that strips share.
      double cost =
          rounds * (vectors * (cached ? 1 : 1 + UNCACHED_COST) + (vectors == 1 ? 0.7 : 0) + 0.3);
      if (cost < best) {
        best = cost;
        stripRows = rows;
      }
    }
    strips = Math.ceilDiv(pieceRows, stripRows);
  }

  /** Chooses the width of tiles: where sums are long, narrow ones with more rows. */
  private int panelVectors() {
    int depth = Math.min(call.groupChannels, 2 * MOST_SUMMED);
    long vectorBytes = (long) kernels.lanes * kernels.elementBytes;
    int vectors = kernels.vectors;
    while (vectors > 2 && depth * vectors * vectorBytes > MOST_PANEL_BYTES) {
      vectors /= 2;
    }
    return vectors;
  }

  /** The number of pieces of a strip, with the gaps between its rows. */
  private long width(int rows) {
    return (long) rows * (pieceColumns + 1) - 1;
  }

  private void arrange() {
    int bytes = kernels.elementBytes;
    long rowElements = kernels.vectorsFor(width(stripRows)) * kernels.lanes;
    pieceRowBytes = rowElements * bytes;
    pieceNumberBytes = StripPlanes.oddLines(call.groupChannels * pieceRowBytes);
    productNumberBytes = StripPlanes.oddLines(call.groupResults * pieceRowBytes);
    table = tableMemory.reserve(2 * MOST_SUMMED);
    for (int channel = 0; channel < 2 * MOST_SUMMED; channel++) {
      table[channel] = channel * pieceRowBytes;
    }
  }

  @Override
  void transformFactors(long from, long to) {
    for (long row = from; row < to; row++) {
      transforms.factors(
          call.groupChannels,
          call.factors,
          call.factorsAt((int) (row / call.groupResults), (int) (row % call.groupResults)),
          call.factorChannelBytes,
          call.rowTaps.isDescending(),
          call.columnTaps.isDescending(),
          factors,
          factorsOffset + row * factorRowBytes,
          factorNumberBytes);
    }
  }

  @Override
  void runStrip(WinogradScratch scratch, long item, int group, int firstRow) {
    int rows = Math.min(stripRows, pieceRows - firstRow);
    int vectors = (int) kernels.vectorsFor(width(rows));
    long slack = 2L * kernels.columns() * kernels.elementBytes;
    var planes = scratch.planes.reserve(strip.channelBytes + slack);
    var pieces = scratch.pieces.reserve(TileTransforms.NUMBERS * pieceNumberBytes);
    var products = scratch.products.reserve(TileTransforms.NUMBERS * productNumberBytes);
    for (int channel = 0; channel < call.groupChannels; channel++) {
      strip.copy(
          call,
          rowTaps,
          columnTaps,
          call.imageAt(item, (long) group * call.groupChannels + channel),
          firstRow,
          rows,
          planes,
          0);
      transforms.image(
          vectors,
          planes,
          0,
          strip.phaseBytes,
          (long) strip.rowElements * kernels.elementBytes,
          pieces,
          channel * pieceRowBytes,
          pieceNumberBytes);
    }
    var packed = kernels.packedFor(call.groupResults, Math.ceilDiv(vectors, panelVectors));
    for (int number = 0; number < TileTransforms.NUMBERS; number++) {
      if (packed == null) {
        multiply(scratch, group, number, vectors);
      } else {
        multiply(packed, scratch, group, number, vectors);
      }
    }
    long rowsBytes = 2 * pieceRowBytes;
    var results = scratch.rows.reserve(2 * rowsBytes);
    for (int result = 0; result < call.groupResults; result++) {
      transforms.results(
          vectors, products, result * pieceRowBytes, productNumberBytes, results, 0, rowsBytes);
      store(results, rowsBytes, item, (long) group * call.groupResults + result, firstRow, rows);
    }
  }

  /** Multiplies one number of all factors with that of all pieces. */
  private void multiply(WinogradScratch scratch, int group, int number, int vectors) {
    var pieces = scratch.pieces.segment();
    var products = scratch.products.segment();
    var block = scratch.block.reserve(kernels.blockBytes());
    int bytes = kernels.elementBytes;
    int panels = Math.ceilDiv(vectors, panelVectors);
    boolean paired = call.groupChannels % 2 == 0 && kernels.pairsFullTiles();
    int most = paired ? 2 * MOST_SUMMED : MOST_SUMMED;
    long factorsFrom =
        factorsOffset
            + number * factorNumberBytes
            + (long) group * call.groupResults * factorRowBytes;
    for (int panel = 0; panel < panels; panel++) {
      int firstVector = panel * vectors / panels;
      int width = (panel + 1) * vectors / panels - firstVector;
      long along = (long) firstVector * kernels.lanes * bytes;
      for (int row = 0; row < call.groupResults; ) {
        int rest = call.groupResults - row;
        int height = paired ? kernels.pairedRowsWithin(rest, width) : TileKernels.rowsWithin(rest);
        for (int channel = 0; channel < call.groupChannels; channel += most) {
          kernels.multiply(
              height,
              width,
              paired,
              channel > 0,
              Math.min(most, call.groupChannels - channel),
              factors,
              factorsFrom + row * factorRowBytes + (long) channel * bytes,
              factorRowBytes,
              pieces,
              number * pieceNumberBytes + channel * pieceRowBytes + along,
              table,
              products,
              number * productNumberBytes + row * pieceRowBytes + along,
              pieceRowBytes,
              block);
        }
        row += height;
      }
    }
  }

  /** The same with packed operands. */
  private void multiply(
      PackedProducts packed, WinogradScratch scratch, int group, int number, int vectors) {
    var operands = scratch.operands;
    int bytes = kernels.elementBytes;
    int results = call.groupResults;
    int panels = Math.ceilDiv(vectors, panelVectors);
    long factorsFrom =
        factorsOffset + number * factorNumberBytes + (long) group * results * factorRowBytes;
    for (int channel = 0; channel < call.groupChannels; channel += MOST_SUMMED) {
      int depth = Math.min(MOST_SUMMED, call.groupChannels - channel);
      long factorsAt = factorsFrom + (long) channel * bytes;
      packed.packLeft(operands, results, results, depth, factors, factorsAt, factorRowBytes, bytes);
      for (int panel = 0; panel < panels; panel++) {
        int firstVector = panel * vectors / panels;
        int width = (panel + 1) * vectors / panels - firstVector;
        int columns = width * kernels.lanes;
        long along = (long) firstVector * kernels.lanes * bytes;
        long from = number * pieceNumberBytes + channel * pieceRowBytes + along;
        packed.nextPanel(operands, columns, depth);
        packed.packPanel(operands, columns, depth, scratch.pieces.segment(), from, pieceRowBytes);
        packed.multiply(
            operands,
            0,
            results,
            depth,
            width,
            channel > 0,
            scratch.products.segment(),
            number * productNumberBytes + along,
            pieceRowBytes);
      }
    }
  }

  /** Brings the rows of one result to their place. */
  private void store(
      MemorySegment results, long rowsBytes, long item, long channel, int firstRow, int rows) {
    double addend = call.bias(kernels.dtype, channel);
    long gapBytes = 2L * (pieceColumns + 1) * kernels.elementBytes;
    int firstResult = firstRow * TileTransforms.RESULTS;
    int end = Math.min(call.resultRows, firstResult + rows * TileTransforms.RESULTS);
    for (int row = firstResult; row < end; row++) {
      int piece = (row - firstResult) / TileTransforms.RESULTS;
      kernels.rowKernels.add(
          call.resultColumns,
          results,
          (row - firstResult) % TileTransforms.RESULTS * rowsBytes + piece * gapBytes,
          addend,
          call.result,
          call.resultAt(item, channel, row),
          call.resultColumnBytes);
    }
  }
}
