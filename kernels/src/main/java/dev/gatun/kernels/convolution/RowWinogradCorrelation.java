package dev.gatun.kernels.convolution;

import dev.gatun.kernels.Workers;
import dev.gatun.kernels.scratch.ScratchPool;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Multiplies rows of up to four neighbouring factors with rows of images by nine multiplications
 * for four results instead of sixteen, see {@link RowTransforms}: Winograd's algorithm F(2, 2)
 * within itself. For images of few channels and wide kernels, as in the first layer of a network:
 * there {@link WinogradCorrelation} would have too little to sum between its transforms. A kernel
 * of seven columns with a stride of 2 falls into phases of four and three columns.
 *
 * <p>Its transforms add and subtract, no more: the root mean square of its errors, measured against
 * float64, is 0.8 to 1.2 times that of a direct computation with sums in one piece. Nine numbers
 * are more than the seven that F(4, 4) could do with, whose errors are 1.3 to 2.5 times as large.
 */
final class RowWinogradCorrelation extends TransformedCorrelation<RowWinogradScratch> {
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

  /** What a strip is transformed to should stay in the second-level cache. */
  private static final long MOST_STRIP_BYTES = 384 << 10;

  private static final double SMALLEST_SHARED_WORK = 400_000;

  /** Longer sums would have to be cut into pieces, and longer ones are better off elsewhere. */
  private static final int MOST_SUMMED = 192;

  private static final int FEWEST_RESULTS = 12;

  /** What transforming a vector of pieces costs, in multiplications of vectors. */
  private static final double IMAGE_COST = 60;

  /** What transforming a vector of products back costs, with bringing results to their place. */
  private static final double RESULTS_COST = 80;

  /** What bringing as many results to their place costs that were computed directly. */
  private static final double MOVING_COST = 24;

  /** What a panel costs besides its vectors, as a part of a vector. */
  private static final double PANEL_COST = 0.2;

  private final RowTransforms transforms;

  private long planeBytes;

  /** For each phase of columns, those with four factors first, the taps by what they read. */
  private int[] taps = new int[0];

  /** The phases of columns in that order. */
  private int[] phases = new int[0];

  private int depth;

  /** The number of products in sums of last numbers, which only phases with four factors have. */
  private int lastDepth;

  /** The number of pieces in a row. */
  private int rowPieces;

  private boolean isJoined;

  RowWinogradCorrelation(
      TileKernels kernels,
      RowTransforms transforms,
      Correlation call,
      ScratchPool<RowWinogradScratch> scratchPool) {
    super(kernels, call, scratchPool);
    this.transforms = transforms;
  }

  /** Tells whether the call is of the kind that this is for, and sooner done than directly. */
  boolean suits() {
    if (call.columnTaps.extra != RowTransforms.FACTORS - 1
        || call.groupResults < FEWEST_RESULTS
        || call.groupChannels * call.rowTaps.count * call.columnTaps.phaseCount > MOST_SUMMED) {
      return false;
    }
    arrangeTaps();
    double pieces = Math.ceilDiv(call.resultColumns, RowTransforms.RESULTS);
    double products = depth * (RowTransforms.NUMBERS - 1) + lastDepth;
    double planes = call.groupChannels * call.rowTaps.phaseCount * call.columnTaps.phaseCount;
    double rows = (double) (call.resultRows + call.rowTaps.extra) / call.resultRows;
    double winograd =
        pieces * (call.groupResults * (products + RESULTS_COST) + IMAGE_COST * planes * rows);
    double moving = MOVING_COST / RowTransforms.RESULTS;
    double direct = (double) call.resultColumns * call.groupResults * (call.depth() + moving);
    return winograd < direct;
  }

  /** Finds the factors that meet neighbours in a phase of columns. */
  private void arrangeTaps() {
    var columnTaps = call.columnTaps;
    int count = columnTaps.phaseCount;
    if (phases.length < count) {
      phases = new int[count];
      taps = new int[RowTransforms.FACTORS * count];
    }
    int full = 0;
    int sparse = count;
    for (int phase = count - 1; phase >= 0; phase--) {
      boolean isFull = tap(phase, RowTransforms.FACTORS - 1) >= 0;
      phases[isFull ? full++ : --sparse] = phase;
    }
    for (int index = 0; index < count; index++) {
      for (int i = 0; i < RowTransforms.FACTORS; i++) {
        taps[RowTransforms.FACTORS * index + i] = tap(phases[index], i);
      }
    }
    int phaseDepth = call.groupChannels * call.rowTaps.count;
    depth = count * phaseDepth;
    lastDepth = full * phaseDepth;
  }

  /** Returns the tap that reads an element of a phase for result 0, or -1. */
  private int tap(int phase, int shift) {
    var columnTaps = call.columnTaps;
    for (int tap = 0; tap < columnTaps.count; tap++) {
      if (columnTaps.phase(tap) == phase && columnTaps.shift(tap) == shift) {
        return tap;
      }
    }
    return -1;
  }

  /** Computes the results of a call that is not empty and that suits. */
  void runAll() {
    arrangeTaps();
    rowPieces = Math.ceilDiv(call.resultColumns, RowTransforms.RESULTS);
    isJoined =
        rowPieces * RowTransforms.RESULTS == call.resultColumns
            && call.resultColumnBytes == kernels.elementBytes
            && call.resultRowBytes == call.resultColumns * call.resultColumnBytes;
    int threads = call.work() < SMALLEST_SHARED_WORK ? 1 : Workers.threads();
    chooseStrips(threads);
    strip.arrange(
        call.rowTaps,
        call.columnTaps,
        stripRows,
        rowPieces * RowTransforms.RESULTS,
        call.imageColumns);
    arrange();
    long rows = (long) call.groups * call.groupResults;
    if (threads == 1) {
      transformFactors(0, rows);
      runStrips(0, parts());
    } else {
      Workers.parallelFor(rows, Math.ceilDiv(rows, threads), transformingFactors);
      Workers.parallelFor(parts(), 1, runningStrips);
    }
  }

  /** Chooses the strips that are done first. */
  private void chooseStrips(int threads) {
    double best = Double.POSITIVE_INFINITY;
    double products = depth * (RowTransforms.NUMBERS - 1) + lastDepth;
    long planes = (long) call.groupChannels * call.rowTaps.phaseCount * call.columnTaps.phaseCount;
    stripRows = 1;
    for (int count = 1, former = 0; count <= call.resultRows; count++) {
      int rows = Math.ceilDiv(call.resultRows, count);
      long copied = planes * (rows + call.rowTaps.extra) * rowPieces;
      long bytes = copied * RowTransforms.NUMBERS * kernels.elementBytes;
      if (rows == former || (rows > 1 && bytes > MOST_STRIP_BYTES)) {
        continue;
      }
      former = rows;
      long vectors = kernels.vectorsFor((long) rows * rowPieces);
      double panels = vectors + PANEL_COST * Math.ceilDiv(vectors, kernels.vectors);
      double rounds = rounds(Math.ceilDiv(call.resultRows, rows), threads);
      double cost =
          rounds
              * (panels * call.groupResults * (products + RESULTS_COST)
                  + IMAGE_COST * kernels.vectorsFor(copied));
      if (cost < best) {
        best = cost;
        stripRows = rows;
      }
    }
    strips = Math.ceilDiv(call.resultRows, stripRows);
  }

  private void arrange() {
    int bytes = kernels.elementBytes;
    var rowTaps = call.rowTaps;
    int columnPhases = call.columnTaps.phaseCount;
    // The last vector of a row, and of a strip, goes beyond it.
    long planeElements = (long) (stripRows + rowTaps.extra) * rowPieces + kernels.lanes;
    planeBytes = StripPlanes.oddLines(planeElements * bytes);
    pieceNumberBytes =
        StripPlanes.oddLines(call.groupChannels * rowTaps.phaseCount * columnPhases * planeBytes);
    factorRowBytes = (long) depth * bytes;
    factorNumberBytes = StripPlanes.oddLines(call.groups * call.groupResults * factorRowBytes);
    factors = factorMemory.reserve(RowTransforms.NUMBERS * factorNumberBytes);
    table = tableMemory.reserve(depth);
    int step = 0;
    for (int index = 0; index < columnPhases; index++) {
      for (int channel = 0; channel < call.groupChannels; channel++) {
        for (int i = 0; i < rowTaps.count; i++) {
          long plane = (long) channel * rowTaps.phaseCount + rowTaps.phase(i);
          table[step++] =
              (plane * columnPhases + phases[index]) * planeBytes
                  + (long) rowTaps.shift(i) * rowPieces * bytes;
        }
      }
    }
  }

  @Override
  void transformFactors(long from, long to) {
    int columns = call.columnTaps.count;
    for (long row = from; row < to; row++) {
      int group = (int) (row / call.groupResults);
      long source = call.factorsAt(group, (int) (row % call.groupResults));
      long target = row * factorRowBytes;
      for (int first = 0; first < RowTransforms.FACTORS * call.columnTaps.phaseCount; ) {
        for (int channel = 0; channel < call.groupChannels; channel++) {
          long at = source + channel * call.factorChannelBytes;
          for (int i = 0; i < call.rowTaps.count; i++) {
            transforms.factors(
                factor(at, taps[first]),
                factor(at, taps[first + 1]),
                factor(at, taps[first + 2]),
                factor(at, taps[first + 3]),
                factors,
                target,
                factorNumberBytes);
            target += kernels.elementBytes;
            at += (long) columns * kernels.elementBytes;
          }
        }
        first += RowTransforms.FACTORS;
      }
    }
  }

  private float factor(long row, int tap) {
    return tap < 0 ? 0 : call.factors.get(FLOAT, row + (long) tap * Float.BYTES);
  }

  /** While a tile is multiplied number by number, the former one goes to its place. */
  @Override
  void runStrip(RowWinogradScratch scratch, long item, int group, int firstRow) {
    int rows = Math.min(stripRows, call.resultRows - firstRow);
    scratch.item = item;
    scratch.group = group;
    scratch.firstRow = firstRow;
    scratch.stripPieces = rows * rowPieces;
    transformImage(scratch, rows);
    var products = scratch.products.reserve(2 * tileBytes());
    scratch.current.products = 0;
    scratch.former.products = tileBytes();
    scratch.former.results = 0;
    int vectors = (int) kernels.vectorsFor(scratch.stripPieces);
    int panels = Math.ceilDiv(vectors, kernels.vectors);
    // Panel after panel for a few results: what is written are a few streams.
    for (int result = 0; result < call.groupResults; ) {
      int height = TileKernels.rowsWithin(call.groupResults - result);
      for (int panel = 0; panel < panels; panel++) {
        int first = panel * vectors / panels;
        var tile = scratch.current;
        tile.firstResult = result;
        tile.results = height;
        tile.firstPiece = first * kernels.lanes;
        tile.vectors = (panel + 1) * vectors / panels - first;
        for (int number = 0; number < RowTransforms.NUMBERS; number++) {
          multiply(scratch, tile, number, products);
          if (number < scratch.former.results) {
            place(scratch, scratch.former, number, products);
          }
        }
        scratch.swapTiles();
      }
      result += height;
    }
    for (int i = 0; i < scratch.former.results; i++) {
      place(scratch, scratch.former, i, products);
    }
  }

  private void transformImage(RowWinogradScratch scratch, int rows) {
    int bytes = kernels.elementBytes;
    long rowBytes = (long) strip.rowElements * bytes;
    int rowVectors = (int) kernels.vectorsFor(rowPieces);
    long slack = (long) (RowTransforms.RESULTS + 1) * kernels.lanes * bytes;
    var planes = scratch.planes.reserve(strip.channelBytes + slack);
    var pieces = scratch.pieces.reserve(RowTransforms.NUMBERS * pieceNumberBytes);
    int planeCount = call.rowTaps.phaseCount * call.columnTaps.phaseCount;
    for (int channel = 0; channel < call.groupChannels; channel++) {
      strip.copy(
          call,
          call.rowTaps,
          call.columnTaps,
          call.imageAt(scratch.item, (long) scratch.group * call.groupChannels + channel),
          scratch.firstRow,
          rows,
          planes,
          0);
      for (int plane = 0; plane < planeCount; plane++) {
        long from = plane * strip.phaseBytes;
        long to = ((long) channel * planeCount + plane) * planeBytes;
        for (int row = 0; row < rows + call.rowTaps.extra; row++) {
          transforms.image(
              rowVectors,
              planes,
              from + row * rowBytes,
              pieces,
              to + (long) row * rowPieces * bytes,
              pieceNumberBytes);
        }
      }
    }
  }

  /** The distance between the numbers of products. */
  private long productNumberBytes() {
    return (long) kernels.columns() * kernels.elementBytes;
  }

  /** The distance between the products of results. */
  private long productRowBytes() {
    return RowTransforms.NUMBERS * productNumberBytes();
  }

  private long tileBytes() {
    return TileKernels.ROWS * productRowBytes();
  }

  /** Multiplies one number of pieces with that of factors. */
  private void multiply(
      RowWinogradScratch scratch, RowWinogradTile tile, int number, MemorySegment products) {
    int bytes = kernels.elementBytes;
    long row = (long) scratch.group * call.groupResults + tile.firstResult;
    kernels.multiply(
        tile.results,
        tile.vectors,
        false,
        false,
        number == RowTransforms.NUMBERS - 1 ? lastDepth : depth,
        factors,
        number * factorNumberBytes + row * factorRowBytes,
        factorRowBytes,
        scratch.pieces.segment(),
        number * pieceNumberBytes + (long) tile.firstPiece * bytes,
        table,
        products,
        tile.products + number * productNumberBytes(),
        productRowBytes(),
        MemorySegment.NULL);
  }

  /** Brings one of the results of a tile to its place. */
  private void place(
      RowWinogradScratch scratch, RowWinogradTile tile, int index, MemorySegment products) {
    int bytes = kernels.elementBytes;
    long channel = (long) scratch.group * call.groupResults + tile.firstResult + index;
    float addend = (float) call.bias(kernels.dtype, channel);
    long from = tile.products + index * productRowBytes();
    long to = call.resultAt(scratch.item, channel, scratch.firstRow);
    int begin = tile.firstPiece;
    int end = begin + tile.vectors * kernels.lanes;
    if (isJoined && end <= scratch.stripPieces) {
      to += (long) begin * RowTransforms.RESULTS * bytes;
      transforms.results(
          tile.vectors, products, from, productNumberBytes(), addend, call.result, to);
      return;
    }
    var results = scratch.results.reserve(RowTransforms.RESULTS * productNumberBytes());
    transforms.results(tile.vectors, products, from, productNumberBytes(), addend, results, 0);
    end = Math.min(end, scratch.stripPieces);
    for (int piece = begin; piece < end; ) {
      int row = piece / rowPieces;
      int column = (piece - row * rowPieces) * RowTransforms.RESULTS;
      int rowEnd = Math.min(end, (row + 1) * rowPieces);
      int count = Math.min((rowEnd - piece) * RowTransforms.RESULTS, call.resultColumns - column);
      kernels.rowKernels.add(
          count,
          results,
          (long) (piece - begin) * RowTransforms.RESULTS * bytes,
          0,
          call.result,
          to + row * call.resultRowBytes + column * call.resultColumnBytes,
          call.resultColumnBytes);
      piece = rowEnd;
    }
  }
}
