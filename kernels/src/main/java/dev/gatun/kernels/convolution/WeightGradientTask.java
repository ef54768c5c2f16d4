package dev.gatun.kernels.convolution;

import dev.gatun.kernels.RangeTask;
import dev.gatun.kernels.Workers;
import dev.gatun.kernels.packed.PackedProducts;
import dev.gatun.kernels.scratch.OffsetTable;
import dev.gatun.kernels.scratch.ScratchMemory;
import dev.gatun.kernels.scratch.ScratchPool;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Sums the gradient of weights: for every pair of a result's and an image's channel and every tap,
 * a product of the result's gradient with the image, over all positions.
 *
 * <p>The image is copied strip by strip with its channels innermost, so that neighbouring columns
 * of the kernel and all channels are one row, and the positions are the depth. Where there are few
 * channels, what the rows of the kernel see is stacked there as well, so that rows fill vectors.
 * Positions are cut into chunks by the sizes alone; each has sums of its own, which are added in
 * order.
 *
 * <p>Fields are set by the caller before {@link #runAll}. Distances are in bytes; all operands are
 * contiguous.
 */
final class WeightGradientTask {
  /** So many results and positions at a time are packed, few enough for the caches. */
  private static final int PACKED_RESULTS = 96;

  private static final int PACKED_DEPTH = 1024;

  private static final long MOST_STRIP_BYTES = 256 << 10;
  private static final long MOST_SUMS_BYTES = 16 << 20;
  private static final int MOST_CHUNKS = 8;
  private static final int PARTS_PER_THREAD = 4;

  /** What copying each row of the image several times costs, as a part of the multiplications. */
  private static final double STACKING_COST = 0.15;

  private static final double SMALLEST_SHARED_WORK = 400_000;

  private final TileKernels kernels;
  private final ScratchPool<WeightGradientScratch> scratchPool;
  private final OffsetTable tableMemory = new OffsetTable();
  private final ScratchMemory sumsMemory = new ScratchMemory();
  private final RangeTask summing = this::sumParts;
  private final RangeTask adding = this::addChunks;

  MemorySegment image = MemorySegment.NULL;
  long imageOffset;
  MemorySegment gradient = MemorySegment.NULL;
  long gradientOffset;
  MemorySegment result = MemorySegment.NULL;
  long resultOffset;

  long batch;
  int groups;
  int groupChannels;
  int groupResults;
  int imageRows;
  int imageColumns;
  int gradientRows;
  int gradientColumns;
  int kernelRows;
  int kernelColumns;
  int strideRows;
  int strideColumns;
  int paddingRows;
  int paddingColumns;
  int dilationRows;
  int dilationColumns;

  private int stripRows;
  private int strips;
  private long chunks;
  private int stripImageRows;
  private int stripColumns;
  private int partResults;
  private int resultParts;

  /** Whether the strip has what all rows of the kernel see, for each row of results. */
  private boolean isStacked;

  /** How many elements of the strip there are for one of its columns. */
  private int pixelElements;

  /** How many rows of the right operand there are, for how many rows of the kernel, how long. */
  private int runs;

  private int rowRuns;
  private int runElements;
  private long sumsRowBytes;
  private long chunkBytes;
  private long[] table = new long[0];
  private MemorySegment sums = MemorySegment.NULL;

  WeightGradientTask(TileKernels kernels, ScratchPool<WeightGradientScratch> scratchPool) {
    this.kernels = kernels;
    this.scratchPool = scratchPool;
  }

  void clear() {
    image = MemorySegment.NULL;
    gradient = MemorySegment.NULL;
    result = MemorySegment.NULL;
  }

  void runAll() {
    long weights = (long) groups * groupResults * groupChannels * kernelRows * kernelColumns;
    if (weights == 0) {
      return;
    }
    long positions = batch * gradientRows * gradientColumns;
    if (positions == 0) {
      RowMoves.zero(result, resultOffset, Math.toIntExact(weights), kernels.elementBytes);
      return;
    }
    int threads =
        (double) positions * weights / groups >= SMALLEST_SHARED_WORK ? Workers.threads() : 1;
    arrange(threads);
    long parts = chunks * groups * resultParts;
    long rows = (long) groups * groupResults;
    if (threads > 1) {
      Workers.parallelFor(parts, 1, summing);
      Workers.parallelFor(rows, Math.ceilDiv(rows, (long) threads * PARTS_PER_THREAD), adding);
    } else {
      sumParts(0, parts);
      addChunks(0, rows);
    }
  }

  private void arrange(int threads) {
    int bytes = kernels.elementBytes;
    boolean joined = dilationColumns == 1;
    long plainVectors = kernelRows * kernels.vectorsFor((long) kernelColumns * groupChannels);
    long stackedVectors = kernels.vectorsFor((long) kernelRows * kernelColumns * groupChannels);
    isStacked = joined && stackedVectors * (1 + STACKING_COST) < plainVectors;
    pixelElements = isStacked ? kernelRows * groupChannels : groupChannels;
    rowRuns = isStacked ? 1 : kernelRows;
    runs = joined ? 1 : kernelColumns;
    runElements = (joined ? kernelColumns : 1) * pixelElements;
    stripColumns =
        (gradientColumns - 1) * strideColumns + (kernelColumns - 1) * dilationColumns + 1;
    stripRows = gradientRows;
    while (stripRows > 1
        && (long) stripImageRows(stripRows) * stripColumns * pixelElements * bytes
            > MOST_STRIP_BYTES) {
      stripRows = (stripRows + 1) / 2;
    }
    strips = Math.ceilDiv(gradientRows, stripRows);
    stripRows = Math.ceilDiv(gradientRows, strips);
    stripImageRows = stripImageRows(stripRows);
    sumsRowBytes = (long) rowRuns * runs * kernels.vectorsFor(runElements) * kernels.lanes * bytes;
    chunkBytes = (long) groups * groupResults * sumsRowBytes;
    chunks =
        Math.clamp(MOST_SUMS_BYTES / chunkBytes, 1, (int) Math.min(MOST_CHUNKS, batch * strips));
    sums = sumsMemory.reserve(chunks * chunkBytes);
    // Each cut copies the image again; it does not change the sums.
    long cuts = threads == 1 ? 1 : Math.ceilDiv((long) threads * PARTS_PER_THREAD, chunks * groups);
    long tiles = Math.ceilDiv(groupResults, TileKernels.ROWS);
    partResults = (int) Math.min(groupResults, Math.ceilDiv(tiles, cuts) * TileKernels.ROWS);
    resultParts = Math.ceilDiv(groupResults, partResults);
    table = tableMemory.reserve(stripRows * gradientColumns);
    int step = 0;
    int rowStep = isStacked ? 1 : strideRows;
    for (int row = 0; row < stripRows; row++) {
      for (int column = 0; column < gradientColumns; column++) {
        long position = (long) row * rowStep * stripColumns + (long) column * strideColumns;
        table[step++] = position * pixelElements * bytes;
      }
    }
  }

  private int stripImageRows(int rows) {
    return isStacked ? rows : (rows - 1) * strideRows + (kernelRows - 1) * dilationRows + 1;
  }

  private void sumParts(long from, long to) {
    var scratch = scratchPool.take();
    for (long part = from; part < to; part++) {
      int results = (int) (part % resultParts);
      long rest = part / resultParts;
      sumPart(scratch, rest / groups, (int) (rest % groups), results * partResults);
    }
    scratchPool.giveBack(scratch);
  }

  private void sumPart(WeightGradientScratch scratch, long chunk, int group, int firstResult) {
    int bytes = kernels.elementBytes;
    int results = Math.min(partResults, groupResults - firstResult);
    long slack = (long) kernels.columns() * bytes;
    scratch.strip.reserve((long) stripImageRows * stripColumns * pixelElements * bytes + slack);
    long all = batch * strips;
    long first = chunk * all / chunks;
    long end = (chunk + 1) * all / chunks;
    long row = (long) group * groupResults + firstResult;
    long plane = (long) gradientRows * gradientColumns * bytes;
    for (long index = first; index < end; index++) {
      long item = index / strips;
      int firstRow = (int) (index % strips) * stripRows;
      int rows = Math.min(stripRows, gradientRows - firstRow);
      copyStrip(scratch, item, group, firstRow, rows);
      multiply(
          scratch,
          rows * gradientColumns,
          gradientOffset
              + (item * groups * groupResults + row) * plane
              + (long) firstRow * gradientColumns * bytes,
          plane,
          chunk * chunkBytes + row * sumsRowBytes,
          results,
          index > first);
    }
  }

  private void multiply(
      WeightGradientScratch scratch,
      int depth,
      long gradientFrom,
      long plane,
      long sumsAt,
      int results,
      boolean more) {
    int vectors = (int) kernels.vectorsFor(runElements);
    long panels = (long) rowRuns * runs * Math.ceilDiv(vectors, kernels.vectors);
    // By all results, not those of a part: packed sums are cut into pieces, which the number of
    // threads must not change.
    var packed = kernels.packedFor(groupResults, panels);
    int mostRows = packed == null ? results : PACKED_RESULTS;
    int mostSteps = packed == null ? depth : PACKED_DEPTH;
    for (int row = 0; row < results; row += mostRows) {
      int rows = Math.min(mostRows, results - row);
      long to = sumsAt + row * sumsRowBytes;
      for (int step = 0; step < depth; step += mostSteps) {
        int steps = Math.min(mostSteps, depth - step);
        long from = gradientFrom + row * plane + (long) step * kernels.elementBytes;
        if (packed != null) {
          packed.packLeft(
              scratch.operands, rows, rows, steps, gradient, from, plane, kernels.elementBytes);
        }
        multiplyRuns(packed, scratch, step, steps, from, plane, to, rows, more || step > 0);
      }
    }
  }

  private void multiplyRuns(
      @Nullable PackedProducts packed,
      WeightGradientScratch scratch,
      int firstStep,
      int depth,
      long gradientFrom,
      long plane,
      long sumsAt,
      int results,
      boolean more) {
    int bytes = kernels.elementBytes;
    int vectors = (int) kernels.vectorsFor(runElements);
    for (int run = 0; run < rowRuns * runs; run++) {
      long elements =
          (long) (run / runs) * dilationRows * stripColumns + (long) (run % runs) * dilationColumns;
      for (int vector = 0; vector < vectors; vector += kernels.vectors) {
        int width = Math.min(kernels.vectors, vectors - vector);
        long along = (long) vector * kernels.lanes * bytes;
        long rightFrom = elements * pixelElements * bytes + along;
        long to = sumsAt + (long) run * vectors * kernels.lanes * bytes + along;
        if (packed != null) {
          var operands = scratch.operands;
          var strip = scratch.strip.segment();
          int columns = width * kernels.lanes;
          packed.packScatteredPanel(operands, columns, depth, strip, rightFrom, table, firstStep);
          packed.multiply(operands, 0, results, depth, width, more, sums, to, sumsRowBytes);
        } else {
          multiplyTiles(scratch, width, depth, gradientFrom, plane, rightFrom, to, results, more);
        }
      }
    }
  }

  private void multiplyTiles(
      WeightGradientScratch scratch,
      int width,
      int depth,
      long gradientFrom,
      long plane,
      long rightFrom,
      long to,
      int results,
      boolean more) {
    var block = scratch.block.reserve(kernels.blockBytes());
    for (int row = 0; row < results; ) {
      int height = TileKernels.rowsWithin(results - row);
      kernels.multiply(
          height,
          width,
          false,
          more,
          depth,
          gradient,
          gradientFrom + row * plane,
          plane,
          scratch.strip.segment(),
          rightFrom,
          table,
          sums,
          to + row * sumsRowBytes,
          sumsRowBytes,
          block);
      row += height;
    }
  }

  /** Copies the part of an image that a strip reads, with padding, channels innermost. */
  private void copyStrip(
      WeightGradientScratch scratch, long item, int group, int firstRow, int rows) {
    int bytes = kernels.elementBytes;
    var strip = scratch.strip.segment();
    var block = scratch.block.reserve(kernels.blockBytes());
    long rowBytes = (long) stripColumns * pixelElements * bytes;
    long plane = (long) imageRows * imageColumns * bytes;
    long from = imageOffset + (item * groups + group) * groupChannels * plane;
    int top = firstRow * strideRows - paddingRows;
    long at = 0;
    for (int row = 0; row < stripImageRows(rows); row++) {
      if (isStacked) {
        for (int i = 0; i < kernelRows; i++) {
          int imageRow = top + row * strideRows + i * dilationRows;
          copyRow(imageRow, from, plane, strip, at + (long) i * groupChannels * bytes, block);
        }
      } else {
        copyRow(top + row, from, plane, strip, at, block);
      }
      at += rowBytes;
    }
  }

  /** Copies a row of an image, for one row of the kernel where those are stacked. */
  private void copyRow(
      int imageRow, long from, long plane, MemorySegment strip, long at, MemorySegment block) {
    int bytes = kernels.elementBytes;
    long pixelBytes = (long) pixelElements * bytes;
    int left = Math.min(paddingColumns, stripColumns);
    int right = Math.clamp((long) imageColumns + paddingColumns, left, stripColumns);
    if (imageRow < 0 || imageRow >= imageRows) {
      clear(strip, at, 0, stripColumns);
      return;
    }
    clear(strip, at, 0, left);
    clear(strip, at, right, stripColumns);
    kernels.rowKernels.transpose(
        groupChannels,
        right - left,
        image,
        from + (long) imageRow * imageColumns * bytes,
        plane,
        strip,
        at + left * pixelBytes,
        pixelBytes,
        block);
  }

  /** Writes zeros to the channels of some columns. */
  private void clear(MemorySegment strip, long at, int from, int to) {
    long pixelBytes = (long) pixelElements * kernels.elementBytes;
    if (!isStacked) {
      kernels.rowKernels.clear((to - from) * groupChannels, strip, at + from * pixelBytes);
      return;
    }
    for (int column = from; column < to; column++) {
      RowMoves.zero(strip, at + column * pixelBytes, groupChannels, kernels.elementBytes);
    }
  }

  /** Adds the chunks up and brings the sums to their place. */
  private void addChunks(long from, long to) {
    int bytes = kernels.elementBytes;
    int taps = kernelRows * kernelColumns;
    int runPadded = (int) kernels.vectorsFor(runElements) * kernels.lanes;
    boolean joined = runs == 1;
    for (long row = from; row < to; row++) {
      long at = row * sumsRowBytes;
      for (int chunk = 1; chunk < chunks; chunk++) {
        kernels.rowKernels.addTo(
            (int) (sumsRowBytes / bytes), sums, at + chunk * chunkBytes, sums, at);
      }
      long target = resultOffset + row * groupChannels * taps * bytes;
      for (int i = 0; i < kernelRows; i++) {
        for (int j = 0; j < kernelColumns; j++) {
          long run = isStacked ? 0 : joined ? i : (long) i * kernelColumns + j;
          long within =
              (joined ? (long) j * pixelElements : 0) + (isStacked ? i : 0L) * groupChannels;
          long start = at + (run * runPadded + within) * bytes;
          RowMoves.copy(
              sums,
              start,
              bytes,
              result,
              target + ((long) i * kernelColumns + j) * bytes,
              (long) taps * bytes,
              groupChannels,
              bytes);
        }
      }
    }
  }
}
